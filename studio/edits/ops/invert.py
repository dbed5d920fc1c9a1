from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_pixels


@dataclass(frozen=True)
class Invert:
    amount: float = param(1.0, "Amount", 0.0, 1.0, 0.01)


@operation(
    "invert",
    "Invert",
    "color",
    Invert,
    words="negative",
    presets={"Pale": {"amount": 0.8}},
)
def invert(image: Image, params: Invert, context: EditContext) -> Image:
    """Turn the picture into its negative."""
    if params.amount == 1.0:  # in one go: memory is what it waits for, several cores do not help
        negative: Image = np.float32(1.0) - image
        if image.shape[2] == 4:
            negative[..., 3] = image[..., 3]
        return negative
    amount = np.float32(params.amount)
    return map_pixels(image, lambda color: color * (1 - 2 * amount) + amount)
