from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
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
    for axis in (0, 1):
        starts, counts = _blocks(pixels.shape[axis], size)
        shape = (-1, 1, 1) if axis == 0 else (1, -1, 1)
        means = np.add.reduceat(pixels, starts, axis=axis) / counts.reshape(shape)
        pixels = np.repeat(means, counts, axis=axis)
    return pixels.astype(np.float32, copy=False)


def _blocks(length: int, size: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where blocks begin along a side of `length` px, and how long each is."""
    edges = np.round(np.arange(0.0, length, max(size, 1.0))).astype(np.intp)
    starts = np.unique(edges[edges < length])
    return starts, np.diff(starts, append=length)
