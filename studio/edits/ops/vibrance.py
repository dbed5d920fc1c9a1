from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_rgb


@dataclass(frozen=True)
class Vibrance:
    vibrance: float = param(
        0.5, "Vibrance", -1.0, 1.0, 0.01, help="Works on dull colors most, and spares skin."
    )
    saturation: float = param(0.0, "Saturation", -1.0, 1.0, 0.01)


@operation(
    "vibrance",
    "Vibrance",
    "color",
    Vibrance,
    presets={"Muted": {"vibrance": -0.5}, "Vivid": {"vibrance": 0.8, "saturation": 0.1}},
    words="saturation colorful dull",
)
def vibrance(image: Image, params: Vibrance, context: EditContext) -> Image:
    """Make dull colors stronger and leave strong ones, and skin, as they are."""

    def livened(rgb: Image) -> Raw:
        gray = luma(rgb)
        strength = rgb.max(axis=2, keepdims=True) - rgb.min(axis=2, keepdims=True)
        dull = (1.0 - strength) * (1.0 - 0.5 * _skin(rgb))
        gain = (1.0 + params.vibrance * dull) * (1.0 + params.saturation)
        livelier: Raw = gray + (rgb - gray) * gain.astype(np.float32)
        return livelier

    return map_rgb(image, livened)


def _skin(rgb: Image) -> Raw:
    """How much a color is like skin, in [0, 1]: red over green over blue, in warm steps."""
    red, green, blue = rgb[..., :1], rgb[..., 1:2], rgb[..., 2:]
    warm = np.clip((red - blue) * 4.0, 0.0, 1.0)
    orange = np.clip(1.0 - np.abs(2.0 * green - red - blue) * 4.0, 0.0, 1.0)
    likeness: Raw = warm * orange
    return likeness
