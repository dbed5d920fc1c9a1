"""Holes in pictures: how deep they are, and how they are filled smoothly, or bit by bit."""

from __future__ import annotations

import numpy as np
import skimage as ski

from studio.core.control import RunControl
from studio.core.image import Image
from studio.edits.pixels import resized
from studio.edits.texture import Mask

_SWEEPS = 6  # smoothing passes per size


def depth(hole: Mask) -> float:
    """How far the deepest px of a hole is from its border, in px."""
    import scipy.ndimage as ndi

    return float(ndi.distance_transform_edt(hole).max())


def biharmonic(pixels: Image, hole: Mask) -> Image:
    """Continues values and slopes into the hole (skimage's `inpaint_biharmonic`)."""
    result: Image = ski.restoration.inpaint_biharmonic(
        pixels, hole, split_into_regions=True, channel_axis=2
    )
    return result.astype(np.float32)


def spread(pixels: Image, hole: Mask, control: RunControl) -> Image:
    """Fill from coarse to fine: what is unknown at one size comes from half that size."""
    import scipy.ndimage as ndi

    control.check()
    height, width = hole.shape
    known = ~hole[..., None]
    if min(height, width) <= 2 or not hole.any():
        mean = (pixels * known).sum(axis=(0, 1)) / max(int(known.sum()), 1)
        return np.where(known, pixels, mean)
    coarse = spread(*_half(pixels, known), control)
    filled = np.where(known, pixels, resized(coarse, height, width))
    for _ in range(_SWEEPS):
        soft = ndi.uniform_filter(filled, 3, mode="nearest", axes=(0, 1))
        filled = np.where(known, pixels, soft)
    return filled


def _half(pixels: Image, known: Mask) -> tuple[Image, Mask]:
    """Means of the known pixels in blocks of 2 by 2, and where there was none."""
    height, width = known.shape[:2]
    padding = ((0, height % 2), (0, width % 2), (0, 0))
    weight: Image = np.pad(known.astype(np.float32), padding)
    total: Image = np.pad(pixels * known, padding)

    def blocks(array: Image) -> Image:
        return array[::2, ::2] + array[1::2, ::2] + array[::2, 1::2] + array[1::2, 1::2]

    count = blocks(weight)
    mean: Image = np.divide(blocks(total), np.maximum(count, 1.0))
    return mean, count[..., 0] == 0.0
