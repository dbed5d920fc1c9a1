from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.control import RunControl
from studio.core.image import Image, Rect
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_premultiplied, resized
from studio.edits.texture import Mask, texture_fill

_THIN = 3.0  # px, at full size, from the middle of a hole to its border: a scratch
_SMALL = 4000  # px, at full size, of a hole up to which the careful method is affordable
_MARGIN = 16  # px around the hole that are looked at, at the least
_SWEEPS = 6  # smoothing passes per size


@dataclass(frozen=True)
class Inpaint:
    fill: str = param(
        "texture",
        "Fill with",
        choices=("texture", "smooth"),
        help="Texture copies from the surroundings, smooth blends them.",
    )


@operation("inpaint", "Inpaint selection", "restore", Inpaint, fills_mask=True)
def inpaint(image: Image, params: Inpaint, context: EditContext) -> Image:
    """Fill the selection from its surroundings; without a selection nothing changes."""
    if context.mask is None:
        return image
    hole: Mask = context.mask[..., 0] > 0.0
    if not hole.any() or hole.all():
        return image
    area = _around(hole)
    weight = context.mask[area.slices]

    def filled(pixels: Image) -> Image:
        part = pixels[area.slices]
        fill = _filled(part, hole[area.slices], params.fill == "texture", context)
        result = pixels.copy()
        result[area.slices] = part + (fill - part) * weight
        return result

    return map_premultiplied(image, filled)


def _around(hole: Mask) -> Rect:
    """The hole and, on each side, as much again."""
    rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
    box = Rect.from_edges(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    margin = max(_MARGIN, box.width, box.height)
    return box.outset(margin).intersect(Rect(0, 0, hole.shape[1], hole.shape[0]))


def _filled(pixels: Image, hole: Mask, texture: bool, context: EditContext) -> Image:
    context.control.check()
    small = hole.sum() <= _SMALL * context.scale**2
    if small and not (texture and _depth(hole) > _THIN * context.scale):
        return _biharmonic(pixels, hole)
    smooth = _spread(pixels, hole, context.control)
    textured = texture_fill(pixels, hole, smooth, context.control) if texture else None
    return smooth if textured is None else textured


def _depth(hole: Mask) -> float:
    import scipy.ndimage as ndi

    return float(ndi.distance_transform_edt(hole).max())


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
