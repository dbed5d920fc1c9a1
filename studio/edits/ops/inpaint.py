from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.image import Image, Rect
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_premultiplied, resized

# Selected px, at full size, up to which the slow and smoother method is affordable.
_SMALL = 4000
_MARGIN = 16  # px around the hole that the fill looks at
_SWEEPS = 6  # smoothing passes per size

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Inpaint:
    pass


@operation("inpaint", "Inpaint selection", "restore", Inpaint, fills_mask=True)
def inpaint(image: Image, params: Inpaint, context: EditContext) -> Image:
    """Fill the selection from its surroundings; without a selection nothing changes."""
    if context.mask is None:
        return image
    hole: Mask = context.mask[..., 0] > 0.0
    if not hole.any() or hole.all():
        return image
    area = _around(hole)
    small = hole.sum() / context.scale**2 <= _SMALL
    weight = context.mask[area.slices]

    def filled(pixels: Image) -> Image:
        part, part_hole = pixels[area.slices], hole[area.slices]
        fill = _biharmonic(part, part_hole) if small else _spread(part, part_hole, context.control)
        result = pixels.copy()
        result[area.slices] = part + (fill - part) * weight
        return result

    return map_premultiplied(image, filled)


def _around(hole: Mask) -> Rect:
    rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
    box = Rect.from_edges(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    return box.outset(_MARGIN).intersect(Rect(0, 0, hole.shape[1], hole.shape[0]))


def _biharmonic(pixels: Image, hole: Mask) -> Image:
    """Continues values and slopes into the hole."""
    result: Image = ski.restoration.inpaint_biharmonic(
        pixels, hole, split_into_regions=True, channel_axis=2
    )
    return result.astype(np.float32)


def _spread(pixels: Image, hole: Mask, control: RunControl) -> Image:
    """Fill from coarse to fine: what is unknown at one size comes from half that size."""
    import scipy.ndimage as ndi

    control.check()
    height, width = hole.shape
    known = ~hole[..., None]
    if min(height, width) <= 2 or not hole.any():
        mean = (pixels * known).sum(axis=(0, 1)) / max(int(known.sum()), 1)
        return np.where(known, pixels, mean)
    coarse = _spread(*_half(pixels, known), control)
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
