from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_pixels


@dataclass(frozen=True)
class Vignette:
    amount: float = param(
        0.5, "Amount", -1.0, 1.0, 0.01, help="Positive darkens the corners, negative lightens."
    )
    size: float = param(0.5, "Size", 0.0, 1.0, 0.01, help="How far out the clear middle reaches.")
    softness: float = param(0.6, "Softness", 0.01, 1.0, 0.01)


@operation(
    "vignette",
    "Vignette",
    "filter",
    Vignette,
    presets={
        "Subtle": {"amount": 0.25},
        "Dark": {"amount": 0.85},
        "White frame": {"amount": -0.9, "size": 0.6},
    },
    words="corners darken frame lens",
)
def vignette(image: Image, params: Vignette, context: EditContext) -> Image:
    """Darken or lighten the corners, so that the eye rests on the middle."""
    height, width, _ = image.shape
    rows = ((np.arange(height, dtype=np.float32) + 0.5) / height * 2.0 - 1.0)[:, None, None]
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width * 2.0 - 1.0)[None, :, None]
    end = np.float32(params.amount < 0.0)

    def shaded(color: Image, y: Image) -> Raw:
        distance = np.sqrt((x * x + y * y) / 2.0)  # 0 in the middle, 1 in the corners
        ramp = np.clip((distance - params.size) / params.softness + 0.5, 0.0, 1.0)
        weight = ramp * ramp * (3.0 - 2.0 * ramp) * abs(params.amount)
        darker: Raw = color + (end - color) * weight
        return darker

    return map_pixels(image, shaded, rows)
