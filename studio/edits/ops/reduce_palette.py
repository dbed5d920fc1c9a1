from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image, join_alpha, luma, split_alpha
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.parallel import each_band
from studio.edits.pixels import clipped, resized
from studio.edits.swatches import main_colors, nearest_of


@dataclass(frozen=True)
class ReducePalette:
    colors: int = param(8, "Colors", 2, 64)
    dither: float = param(0.5, "Dithering", 0.0, 1.0, 0.01, help="Mixes colors by a fine pattern.")
    size: float = param(
        1.0, "Dot size", 1.0, 16.0, 1.0, "px", soft_high=8.0, help="Larger dots, as on old screens."
    )


@operation(
    "reduce_palette",
    "Reduce colors",
    "color",
    ReducePalette,
    presets={
        "Poster, 6 colors": {"colors": 6, "dither": 0.0},
        "Old console": {"colors": 16, "dither": 0.6, "size": 4.0},
        "Two colors": {"colors": 2, "dither": 1.0, "size": 2.0},
    },
    fine=True,
    words="palette quantize dither indexed gif pixel art",
)
def reduce_palette(image: Image, params: ReducePalette, context: EditContext) -> Image:
    """Keep the few colors that say most, with or without a dither pattern between them."""
    color, alpha = split_alpha(image)
    palette = main_colors(image, params.colors)
    height, width, _ = color.shape
    dot = max(1.0, params.size)
    size = (max(1, round(height / dot)), max(1, round(width / dot)))
    coarse, nearest = resized(color, *size), nearest_of(palette)
    spread = np.float32(params.dither * 1.2 / max(1.0, len(palette) ** (1 / 2)))
    chosen = np.empty((*size, 3), np.float32)

    def work(rows: slice) -> None:  # of a band that begins where the pattern does
        part = coarse[rows] + _pattern(rows.stop - rows.start, size[1]) * spread
        chosen[rows] = palette[nearest(clipped(part))]

    each_band(size[0], work)
    reduced = resized(chosen, height, width, smooth=False)
    return join_alpha(luma(reduced) if color.shape[2] == 1 else reduced, alpha)


def _pattern(height: int, width: int) -> NDArray[np.float32]:
    """Bayer's ordered pattern of 8 by 8 px ``[H, W, 1]``, from -0.5 to 0.5 (Bayer 1973)."""
    tile = np.zeros((1, 1))
    for _ in range(3):
        tile = np.block([[4 * tile, 4 * tile + 2], [4 * tile + 3, 4 * tile + 1]])
    tile = (tile + 0.5) / tile.size - 0.5
    repeats = (-(-height // 8), -(-width // 8))
    pattern = np.tile(tile, repeats)[:height, :width, None]
    return pattern.astype(np.float32)
