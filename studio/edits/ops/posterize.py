from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_pixels, map_tones

_DARKEST = np.float32(1e-3)  # keeps the gain of black finite


@dataclass(frozen=True)
class Posterize:
    levels: int = param(5, "Levels", 2, 32, help="How many steps are kept.")
    steps: str = param(
        "brightness",
        "Steps of",
        choices=("brightness", "each channel"),
        help="Brightness keeps the hues, each channel makes new ones.",
    )


@operation(
    "posterize",
    "Posterize",
    "color",
    Posterize,
    presets={"Screen print": {"levels": 4}, "Pop art": {"levels": 3, "steps": "each channel"}},
    fine=True,
    words="steps levels screen print pop art",
)
def posterize(image: Image, params: Posterize, context: EditContext) -> Image:
    """Reduce the picture to a few steps, as on a screen print."""
    last = params.levels - 1

    def stepped(values: Image) -> Raw:
        return np.round(values * last) / last

    if params.steps == "each channel":
        return map_tones(image, stepped)

    def toned(color: Image) -> Raw:
        brightness = np.maximum(luma(color), _DARKEST)
        return color * (stepped(brightness) / brightness)

    return map_pixels(image, toned)
