from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, Rect
from studio.core.params import param
from studio.edits.holes import biharmonic, depth, spread
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_premultiplied
from studio.edits.texture import Mask, texture_fill

_THIN = 3.0  # px, at full size, from the middle of a hole to its border: a scratch
_SMALL = 4000  # px, at full size, of a hole up to which the careful method is affordable
_MARGIN = 16  # px around the hole that are looked at, at the least


@dataclass(frozen=True)
class Inpaint:
    fill: str = param(
        "texture",
        "Fill with",
        choices=("texture", "smooth"),
        help="Texture copies from the surroundings, smooth blends them.",
    )


@operation(
    "inpaint",
    "Inpaint selection",
    "restore",
    Inpaint,
    fills_mask=True,
    presets={"Smooth": {"fill": "smooth"}},
    words="remove object content-aware fill heal patch biharmonic",
)
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
    if small and not (texture and depth(hole) > _THIN * context.scale):
        return biharmonic(pixels, hole)
    smooth = spread(pixels, hole, context.control)
    textured = texture_fill(pixels, hole, smooth, context.control) if texture else None
    return smooth if textured is None else textured
