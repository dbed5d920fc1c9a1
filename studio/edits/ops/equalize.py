from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import SLOW, EditContext, operation
from studio.edits.pixels import map_color, opaque_luma

# Keeps the gain of near-black pixels, which are mostly noise, within bounds.
_FLOOR = 0.1


@dataclass(frozen=True)
class Equalize:
    strength: float = param(0.5, "Strength", 0.0, 1.0, 0.01)
    limit: float = param(
        0.02, "Contrast limit", 0.001, 0.2, 0.001, help="Higher brings out more, noise as well."
    )
    tiles: int = param(8, "Tiles", 1, 32, help="How many across: more is more local.")


@operation(
    "equalize",
    "Equalize (contrast limited)",
    "color",
    Equalize,
    fine=SLOW,
    preview_differs="Small pictures have few px in a region to count tones of.",
    presets={"Gentle": {"strength": 0.3}, "Dramatic": {"strength": 0.9, "limit": 0.04}},
    words="clahe local contrast hdr clarity",
)
def equalize(image: Image, params: Equalize, context: EditContext) -> Image:
    """Bring out detail in dark and bright regions alike (CLAHE); colors keep their hue."""
    before = opaque_luma(image)
    if before.min() == before.max():
        return image
    tile = [max(1, -(-side // params.tiles)) for side in before.shape]
    after = ski.exposure.equalize_adapthist(before, tile, params.limit).astype(np.float32)
    gain = ((after + _FLOOR) / (before + _FLOOR) - 1.0) * params.strength + 1.0
    return map_color(image, lambda color: (color + _FLOOR) * gain[..., None] - _FLOOR)
