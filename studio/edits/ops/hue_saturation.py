from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import LUMA, Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_rgb

# A quarter turn of the hue that leaves brightness alone: W3C Filter Effects 1, `hueRotate`.
_QUARTER_TURN = np.array(
    [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]], np.float32
)


@dataclass(frozen=True)
class HueSaturation:
    hue: float = param(0.0, "Hue", -180.0, 180.0, 1.0, "°")
    saturation: float = param(1.4, "Saturation", 0.0, 3.0, 0.01, help="0 is gray, 1 unchanged.")
    lightness: float = param(0.0, "Lightness", -1.0, 1.0, 0.01)


@operation(
    "hue_saturation",
    "Hue and saturation",
    "color",
    HueSaturation,
    presets={
        "Vivid": {"saturation": 1.8},
        "Pale": {"saturation": 0.5, "lightness": 0.1},
        "Other side of the wheel": {"hue": 180.0, "saturation": 1.0},
    },
    words="hsl colorize tone",
)
def hue_saturation(image: Image, params: HueSaturation, context: EditContext) -> Image:
    """Turn the colors around the wheel, and make them stronger or weaker."""
    matrix = _matrix(math.radians(params.hue), params.saturation)
    end = np.float32(params.lightness > 0.0)
    amount = abs(params.lightness)
    return map_rgb(image, lambda rgb: (rgb @ matrix.T) * (1.0 - amount) + end * amount)


def _matrix(hue: float, saturation: float) -> Image:
    """What new red, green and blue take from the old ones ``[3, 3]``; luma is kept."""
    gray = np.tile(LUMA, (3, 1))
    colorful = math.cos(hue) * (np.eye(3, dtype=np.float32) - gray) + math.sin(hue) * _QUARTER_TURN
    return (gray + saturation * colorful).astype(np.float32)
