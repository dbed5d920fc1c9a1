from __future__ import annotations

from dataclasses import dataclass

import skimage as ski

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

    def negative(color: Image) -> Image:
        inverted: Image = color + (ski.util.invert(color) - color) * params.amount
        return inverted

    return map_pixels(image, negative)
