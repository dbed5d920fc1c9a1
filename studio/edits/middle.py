"""Medians of bytes: of a few values by comparing whole pictures, of many by counting."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.image import Pixels8

Footprint = NDArray[np.uint8]

_FEW = 113  # values, those of a disk of radius 6: counting more is faster
_AT_ONCE = 32768  # px, so that all values of the set stay in the processor's cache


def median8(plane: Pixels8, footprint: Footprint) -> Pixels8:
    """The median around each px of ``uint8 [H, W]``; the same as `skimage.filters.rank.median`.

    `footprint` is square, of an odd side, the same turned around. Beyond the edge there is nothing.
    """
    reach = len(footprint) // 2
    if int(footprint.sum()) > _FEW or min(plane.shape) <= 2 * reach:
        return _counted(plane, footprint)
    out = np.empty_like(plane)
    inner = out[reach:-reach, reach:-reach]
    rows = max(1, _AT_ONCE // plane.shape[1])
    for top in range(0, len(inner), rows):
        part = plane[top : top + rows + 2 * reach]
        inner[top : top + rows] = _compared(part, footprint)
    for turned, done in ((plane, out), (plane.T, out.T)):  # what is less than `reach` from an edge
        done[:reach] = _counted(turned[: 2 * reach], footprint)[:reach]
        done[-reach:] = _counted(turned[-2 * reach :], footprint)[-reach:]
    return out


def _counted(plane: Pixels8, footprint: Footprint) -> Pixels8:
    median: Pixels8 = ski.filters.rank.median(np.ascontiguousarray(plane), footprint)
    return median


def _compared(plane: Pixels8, footprint: Footprint) -> Pixels8:
    """Medians where the whole footprint lies inside ``[H - side + 1, W - side + 1]``.

    Of just more than half of the values neither the least nor the greatest can be the median: both
    are forgotten and the next value joins, until one is left.
    """
    values = _around(plane, footprint)
    half = int(footprint.sum()) // 2
    kept = [next(values).copy() for _ in range(half + 2)]
    while len(kept) > 3:
        _sort_ends(kept)
        kept = [*kept[1:-1], next(values).copy()]
    _sort_ends(kept)
    return kept[1]


def _around(plane: Pixels8, footprint: Footprint) -> Iterator[Pixels8]:
    """The neighbor of each px at each place of the footprint."""
    height, width = (length - len(footprint) + 1 for length in plane.shape)
    for y, x in np.argwhere(footprint):
        yield plane[y : y + height, x : x + width]


def _sort_ends(values: list[Pixels8]) -> None:
    """Brings the least to the front and the greatest to the end, in place."""
    spare = np.empty_like(values[0])
    last = len(values) - 1
    for low in range(len(values) // 2):
        spare = _exchange(values, low, last - low, spare)
    for low in range(1, (last + 2) // 2):
        spare = _exchange(values, 0, low, spare)
    for high in range((last + 1) // 2, last):
        spare = _exchange(values, high, last, spare)


def _exchange(values: list[Pixels8], low: int, high: int, spare: Pixels8) -> Pixels8:
    """The lesser one to `low`; gives an array that is not used any more."""
    np.minimum(values[low], values[high], out=spare)
    np.maximum(values[low], values[high], out=values[high])
    values[low], spare = spare, values[low]
    return spare
