from __future__ import annotations

from dataclasses import dataclass

import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_pixels


@dataclass(frozen=True)
class Levels:
    black: float = param(0.06, "Black point", 0.0, 1.0, 0.01)
    white: float = param(0.92, "White point", 0.0, 1.0, 0.01)
    midtones: float = param(1.0, "Midtones", 0.1, 10.0, 0.01, soft_high=3.0)
    darkest: float = param(0.0, "Output black", 0.0, 1.0, 0.01, advanced=True)
    brightest: float = param(1.0, "Output white", 0.0, 1.0, 0.01, advanced=True)


@operation(
    "levels",
    "Levels",
    "color",
    Levels,
    presets={
        "Faded": {"black": 0.0, "white": 1.0, "darkest": 0.1, "brightest": 0.95},
        "Scanned line art": {"black": 0.3, "white": 0.8},
    },
    words="black point white point input output histogram",
)
def levels(image: Image, params: Levels, context: EditContext) -> Image:
    """Set what counts as black and as white, and how bright the middle is."""
    white = max(params.white, params.black + 1.0 / 255.0)

    def stretch(color: Image) -> Image:
        unit = ski.exposure.rescale_intensity(color, (params.black, white), (0.0, 1.0))
        if params.midtones != 1.0:
            unit = unit ** (1.0 / params.midtones)
        stretched: Image = params.darkest + (params.brightest - params.darkest) * unit
        return stretched

    return map_pixels(image, stretch)
