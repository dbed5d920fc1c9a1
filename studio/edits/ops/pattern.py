from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.errors import StudioError

_MOST_PIXELS = 64 * 2**20  # 1 GiB of memory


@dataclass(frozen=True)
class Pattern:
    columns: int = param(2, "Columns", 1, 20)
    rows: int = param(2, "Rows", 1, 20)
    layout: str = param(
        "grid",
        "Layout",
        choices=("grid", "brick", "half_drop", "mirror"),
        help="Brick shifts every second row by half a tile, half drop every second column.",
    )


@operation(
    "pattern",
    "Repeat as pattern",
    "art",
    Pattern,
    icon="grid",
    geometric=True,
    presets={"Bricks": {"layout": "brick"}, "Wallpaper": {"layout": "half_drop"}},
    words="tile wallpaper textile repeat half-drop brick mirror",
)
def pattern(image: Image, params: Pattern, context: EditContext) -> Image:
    """Lay the picture side by side, as tiles, bricks, wallpaper or mirrored."""
    height, width, channels = image.shape
    columns, rows = params.columns, params.rows
    if height * width * columns * rows / context.scale**2 > _MOST_PIXELS:
        raise StudioError("The pattern would be too large.", "Repeat less, or scale it down first.")
    tiles = np.empty((rows, height, columns, width, channels), np.float32)
    tiles[:] = image[None, :, None]
    if params.layout == "mirror":
        tiles[1::2] = tiles[1::2, ::-1]
        tiles[:, :, 1::2] = tiles[:, :, 1::2, ::-1]
    elif params.layout == "half_drop":
        tiles[:, :, 1::2] = np.roll(image, height // 2, axis=0)[None, :, None]
    elif params.layout == "brick":
        tiles[1::2] = np.roll(image, width // 2, axis=1)[None, :, None]
    return tiles.reshape(rows * height, columns * width, channels)
