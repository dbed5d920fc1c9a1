"""Healing: what a stroke covered is made anew from what lies beside it, bit by bit.

A stroke is long and thin: each piece of it knows its own surroundings, and what is farther away
would only mislead. So it is filled in blocks, each from its neighborhood and the blocks before.
"""

from __future__ import annotations

import numpy as np

from studio.core.control import RunControl
from studio.core.image import Image, Rect
from studio.core.painting.dabs import Coverage
from studio.edits.holes import biharmonic, depth, spread
from studio.edits.pixels import map_premultiplied
from studio.edits.texture import Mask, texture_fill

_THIN = 9.0  # px from the middle of a stroke to its border, up to which it is continued smoothly
_LEAST_BLOCK = 48  # px
_BLOCKS_PER_DEPTH, _MARGINS_PER_DEPTH = 4.0, 3.0


def heal(image: Image, coverage: Coverage, control: RunControl) -> Image:
    """`image` with what `coverage` (its size) touches replaced, as far as it covers.

    Raises:
        Cancelled: `control` asked for it.
    """
    hole: Mask = coverage > 0.0
    if not hole.any() or hole.all():
        return image

    def filled(pixels: Image) -> Image:
        return pixels + (_fill(pixels, hole, control) - pixels) * coverage[..., None]

    return map_premultiplied(image, filled)


def _fill(pixels: Image, hole: Mask, control: RunControl) -> Image:
    deep = depth(hole)
    side = max(_LEAST_BLOCK, round(deep * _BLOCKS_PER_DEPTH))
    margin = max(_LEAST_BLOCK // 2, round(deep * _MARGINS_PER_DEPTH))
    page = Rect(0, 0, hole.shape[1], hole.shape[0])
    result, left = pixels.copy(), hole.copy()
    for block in _blocks(page, side):
        if not left[block.slices].any():
            continue
        control.check()
        area = block.outset(margin).intersect(page)
        part = _filled(result[area.slices], left[area.slices], deep <= _THIN, control)
        inner = part[block.translated(-area.x, -area.y).slices]
        result[block.slices] = np.where(left[block.slices][..., None], inner, result[block.slices])
        left[block.slices] = False
    return result


def _filled(pixels: Image, hole: Mask, thin: bool, control: RunControl) -> Image:
    if hole.all():
        return pixels
    if thin:
        return biharmonic(pixels, hole)
    smooth = spread(pixels, hole, control)
    textured = texture_fill(pixels, hole, smooth, control)
    return smooth if textured is None else textured


def _blocks(page: Rect, side: int) -> list[Rect]:
    return [
        Rect(x, y, side, side).intersect(page)
        for y in range(0, page.height, side)
        for x in range(0, page.width, side)
    ]
