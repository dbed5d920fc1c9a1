from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.parallel import each_band
from studio.edits.pixels import Raw, map_pixels, opaque_luma

# Keeps the gain of near-black pixels, which are mostly noise, within bounds.
_FLOOR = 0.1
_BINS = 256  # that tones are counted in
_GRAYS, _IN_BIN = 16383, 65  # the tones that scikit-image tells apart, and how many are as one
_LEAST_SPAN = np.float32(1e-6)

Bins = NDArray[np.uint16]


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
    fine=True,
    presets={"Gentle": {"strength": 0.3}, "Dramatic": {"strength": 0.9, "limit": 0.04}},
    words="clahe local contrast hdr clarity",
)
def equalize(image: Image, params: Equalize, context: EditContext) -> Image:
    """Bring out detail in dark and bright regions alike (CLAHE); colors keep their hue."""
    before = opaque_luma(image)
    darkest, span = before.min(), np.ptp(before)
    if span == 0.0:
        return image
    bins = ((before - darkest) * (_GRAYS / span) + np.float32(0.5)).astype(np.uint16) // _IN_BIN
    after = _equalized(bins, params)

    def gained(color: Image, before: Image, after: Image) -> Raw:
        gain = ((after + _FLOOR) / (before + _FLOOR) - 1.0) * np.float32(params.strength) + 1.0
        brighter: Raw = (color + _FLOOR) * gain - _FLOOR
        return brighter

    return map_pixels(image, gained, before[..., None], after[..., None])


def _equalized(bins: Bins, params: Equalize) -> Image:
    """Each px by the tables of the four regions around it ``[H, W]``, from 0 to 1.

    Zuiderveld 1994, "Contrast limited adaptive histogram equalization", as scikit-image has it.
    """
    sides = [max(1, -(-length // params.tiles)) for length in bins.shape]
    tables = _tables(bins, sides, params.limit)
    above, below, lower = _between(bins.shape[0], sides[0], tables.shape[0])
    left, right, share = _between(bins.shape[1], sides[1], tables.shape[1])
    flat, row = tables.ravel(), tables.shape[1] * _BINS
    found = np.empty(bins.shape, np.float32)

    def work(rows: slice) -> None:
        def blended(region: NDArray[np.intp]) -> Image:
            places = region[rows, None] * row + bins[rows]
            start = flat[places + left * _BINS]
            blend: Image = start + (flat[places + right * _BINS] - start) * share
            return blend

        top, bottom = blended(above), blended(below)
        found[rows] = top + (bottom - top) * lower[rows, None]

    each_band(len(bins), work)
    equalized: Image = (found - found.min()) / np.maximum(np.ptp(found), _LEAST_SPAN)
    return equalized


def _between(
    length: int, side: int, count: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], Image]:
    """For each px of a side the region before and after it, and how near the one after is."""
    place, within = np.divmod(np.arange(length) + side // 2, side)
    share = (within / side).astype(np.float32)
    return np.maximum(place - 1, 0), np.minimum(place, count - 1), share


def _tables(bins: Bins, sides: list[int], limit: float) -> Image:
    """For each region and tone the share of px that are as dark ``[rows, columns, tones]``."""
    from skimage.exposure._adapthist import clip_histogram

    counts = [-(-length // side) for length, side in zip(bins.shape, sides, strict=True)]
    missing = [n * side - length for n, side, length in zip(counts, sides, bins.shape, strict=True)]
    padded = np.pad(bins, [(0, more) for more in missing], mode="reflect")
    tables = np.empty((*counts, _BINS), np.float32)
    most = max(1, int(limit * sides[0] * sides[1]))
    height, width = sides

    def work(regions: slice) -> None:
        for y, x in itertools.product(range(regions.start, regions.stop), range(counts[1])):
            part = padded[y * height : (y + 1) * height, x * width : (x + 1) * width]
            spread = clip_histogram(np.bincount(part.ravel(), minlength=_BINS), most)
            tables[y, x] = np.minimum(np.cumsum(spread) / (height * width), 1.0)

    each_band(counts[0], work, rows=1)
    return tables
