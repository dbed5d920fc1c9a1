"""Warps: each px of the result looks up where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from studio.core.image import Image
from studio.edits.parallel import each_band
from studio.edits.pixels import premultiplied, straight

# From rows ``[h, 1]`` and columns ``[1, W]`` of the result to rows and columns of the source.
Places: TypeAlias = Callable[[Image, Image], tuple[Image, Image]]


def warped(image: Image, places: Places, *, mode: str = "nearest") -> Image:
    """`image` seen through `places`, bilinear, with soft edges of transparency.

    `mode` is what lies outside, in `scipy.ndimage`'s words. The same as `skimage.transform.warp`
    with an inverse map, in bands, several at once.
    """
    import scipy.ndimage as ndi

    source = premultiplied(image)
    planes = [np.ascontiguousarray(plane) for plane in np.moveaxis(source, 2, 0)]
    height, width, _ = image.shape
    out = np.empty(image.shape, np.float32)
    columns = np.arange(width, dtype=np.float32)[None, :]

    def work(rows: slice) -> None:
        y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
        found = np.stack(np.broadcast_arrays(*places(y, columns)))
        for channel, plane in enumerate(planes):
            out[rows, :, channel] = ndi.map_coordinates(plane, found, order=1, mode=mode)

    each_band(height, work)
    return straight(out)


def center_of(image: Image, across: float = 50.0, down: float = 50.0) -> tuple[float, float]:
    """Row and column at percent of the picture; px centers lie at whole numbers."""
    height, width, _ = image.shape
    return (height - 1) * down / 100.0, (width - 1) * across / 100.0
