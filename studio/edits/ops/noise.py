from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_color


@dataclass(frozen=True)
class Noise:
    amount: float = param(0.06, "Amount", 0.0, 1.0, 0.01, soft_high=0.5)
    grain: float = param(1.0, "Grain size", 1.0, 20.0, 0.1, "px")
    colored: bool = param(False, "Colored")


@operation(
    "noise",
    "Film grain",
    "filter",
    Noise,
    preview_differs="Each size draws its own grains, of the same strength.",
    presets={
        "Fine film": {"amount": 0.04},
        "Old film": {"amount": 0.14, "grain": 2.5},
        "Colored": {"colored": True},
    },
    words="random speckle",
)
def noise(image: Image, params: Noise, context: EditContext) -> Image:
    """Add grain, as in a photograph on film."""

    def grainy(color: Image) -> Image:
        shape = color.shape if params.colored else (*color.shape[:2], 1)
        return color + _grain(shape, params.grain, context.rng) * params.amount

    return map_color(image, grainy)


def _grain(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> Image:
    """Normal noise of standard deviation 1 whose grains are `size` px wide.

    Below one px, in a preview, grains average out as they do when the full picture is shrunk.
    """
    white = rng.standard_normal(shape, np.float32)
    if size <= 1.0:
        return white * np.float32(size)
    sigma = size / 2.0
    # A Gaussian blur divides the deviation of white noise by 2 sqrt(pi) sigma.
    return blur(white, sigma) * np.float32(max(1.0, 2.0 * np.sqrt(np.pi) * sigma))
