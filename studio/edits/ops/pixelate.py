from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.parallel import ROWS, each_band
from studio.edits.pixels import map_premultiplied


@dataclass(frozen=True)
class Pixelate:
    size: float = param(12.0, "Block size", 1.0, 512.0, 1.0, "px", soft_high=100.0)


@operation(
    "pixelate",
    "Pixelate",
    "filter",
    Pixelate,
    presets={"Fine": {"size": 6.0}, "Censored": {"size": 40.0}},
    words="mosaic censor blocks",
)
def pixelate(image: Image, params: Pixelate, context: EditContext) -> Image:
    """Turn the picture into a mosaic of even squares."""
    return map_premultiplied(image, lambda pixels: _mosaic(pixels, params.size))


def _mosaic(pixels: Image, size: float) -> Image:
    """Mean of each block; a size that is no whole number (in a preview) gives uneven blocks."""
    (tops, heights), (lefts, widths) = (_blocks(length, size) for length in pixels.shape[:2])
    out = np.empty_like(pixels)

    def work(rows: slice) -> None:  # of blocks
        for top, height in zip(tops[rows], heights[rows], strict=True):
            sums = np.add.reduceat(pixels[top : top + height].sum(axis=0), lefts, axis=0)
            out[top : top + height] = np.repeat(sums / (height * widths[:, None]), widths, axis=0)

    each_band(len(tops), work, rows=max(1, ROWS // int(heights[0])))
    return out


def _blocks(length: int, size: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where blocks begin along a side of `length` px, and how long each is."""
    edges = np.round(np.arange(0.0, length, max(size, 1.0))).astype(np.intp)
    starts = np.unique(edges[edges < length])
    return starts, np.diff(starts, append=length)
