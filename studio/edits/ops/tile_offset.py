from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_premultiplied


@dataclass(frozen=True)
class TileOffset:
    x: float = param(50.0, "Right", -100.0, 100.0, 1.0, "%")
    y: float = param(50.0, "Down", -100.0, 100.0, 1.0, "%")
    blend: float = param(
        10.0, "Hide the seam", 0.0, 50.0, 1.0, "%", help="How wide the old edges fade together."
    )


@operation(
    "tile_offset",
    "Tile offset",
    "geometry",
    TileOffset,
    presets={"Half, seam in view": {"blend": 0.0}, "Half, seam hidden": {"blend": 15.0}},
    words="seamless offset wrap tile pattern",
)
def tile_offset(image: Image, params: TileOffset, context: EditContext) -> Image:
    """Roll the picture around its edges, and hide the seam where they meet."""
    height, width, _ = image.shape
    shift = (round(height * params.y / 100.0), round(width * params.x / 100.0))

    def rolled(pixels: Image) -> Image:
        for axis in (0, 1):
            pixels = _joined(pixels, axis, params.blend / 100.0)
        return np.roll(pixels, shift, axis=(0, 1))

    return map_premultiplied(image, rolled)


def _joined(pixels: Image, axis: int, share: float) -> Image:
    """Near both ends of an axis, fade to the mirrored mean of the ends: so they meet."""
    length = pixels.shape[axis]
    reach = length * share
    if reach < 1.0:
        return pixels
    distance = np.minimum(np.arange(length), np.arange(length)[::-1]) + 0.5
    weight = np.clip(1.0 - distance / reach, 0.0, 1.0)
    weight = 0.5 * weight * weight * (3.0 - 2.0 * weight)  # at the end, half of each
    shape = (-1, 1, 1) if axis == 0 else (1, -1, 1)
    share_of_mirror = weight.astype(np.float32).reshape(shape)
    mixed: Image = pixels + (np.flip(pixels, axis) - pixels) * share_of_mirror
    return mixed
