from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import LUMA, Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_pixels


@dataclass(frozen=True)
class Grayscale:
    amount: float = param(1.0, "Amount", 0.0, 1.0, 0.01)
    red: float = param(1.0, "Red filter", 0.0, 3.0, 0.01, help="How bright reds become.")
    green: float = param(1.0, "Green filter", 0.0, 3.0, 0.01, help="How bright greens become.")
    blue: float = param(1.0, "Blue filter", 0.0, 3.0, 0.01, help="How bright blues become.")


@operation(
    "grayscale",
    "Black and white",
    "color",
    Grayscale,
    presets={
        "Red filter": {"red": 2.0, "green": 0.6, "blue": 0.3},
        "Green filter": {"red": 0.5, "green": 1.3},
        "Blue filter": {"red": 0.4, "green": 0.6, "blue": 3.0},
        "Half": {"amount": 0.5},
    },
    words="grey black white desaturate monochrome",
)
def grayscale(image: Image, params: Grayscale, context: EditContext) -> Image:
    """Take the color out, with filters for how bright each color becomes."""
    if image.shape[2] == 1:
        return image
    weights = LUMA * np.array([params.red, params.green, params.blue], np.float32)
    weights /= max(float(weights.sum()), 1e-6)

    # Each channel becomes its share of the brightness, and what is left of itself.
    amount = np.float32(params.amount)
    mix = amount * np.repeat(weights[:, None], 3, axis=1) + (1 - amount) * np.eye(
        3, dtype=np.float32
    )
    return map_pixels(image, lambda color: color @ mix)
