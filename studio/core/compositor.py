"""Layers onto one another: a tree of pieces, a rectangle at a time.

Formulas: W3C *Compositing and Blending Level 1*. With Cb, ab the backdrop and Cs, as the source
(straight color), section 10 mixes ``Cm = (1 - ab) Cs + ab B(Cb, Cs)`` and section 9.1.4 (source
over) gives ``ao co = as Cm + (1 - as) ab Cb`` and ``ao = as + (1 - as) ab``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple, TypeAlias

import numpy as np

from studio.core.blends import BLENDS, BlendFunction
from studio.core.control import RunControl
from studio.core.document import BlendMode
from studio.core.image import Image, Rect, to_rgba
from studio.core.raster import Raster

BLOCK = 512  # px, side of the squares that `flatten` works in: 4 MiB per layer at a time


class Mask(NamedTuple):
    """One channel whose top-left corner lies at (x, y): how much shows; outside of it nothing."""

    raster: Raster
    x: int
    y: int

    @property
    def rect(self) -> Rect:
        return self.raster.rect.translated(self.x, self.y)

    def read(self, rect: Rect) -> Image:
        return self.raster.read(rect.translated(-self.x, -self.y))


class Piece(NamedTuple):
    """A raster whose top-left corner lies at (x, y), and how it is laid over what is below.

    `clipped` is painted onto it and shows only where it has alpha.
    """

    raster: Raster
    x: int
    y: int
    opacity: float = 1.0
    blend: BlendMode = "normal"
    mask: Mask | None = None
    clipped: tuple[Part, ...] = ()

    @property
    def rect(self) -> Rect:
        return _masked(self.raster.rect.translated(self.x, self.y), self.mask)


class Bundle(NamedTuple):
    """Pieces that are laid over what is below as one.

    They see nothing of it (an isolated group), unless `pass_through`: then they mix with what is
    below, and opacity and mask say how much of that shows; `blend` and `clipped` play no part.
    """

    parts: tuple[Part, ...]
    opacity: float = 1.0
    blend: BlendMode = "normal"
    mask: Mask | None = None
    clipped: tuple[Part, ...] = ()
    pass_through: bool = False

    @property
    def rect(self) -> Rect:
        whole = reduce(Rect.union, (part.rect for part in self.parts), Rect(0, 0, 0, 0))
        return _masked(whole, self.mask)


Part: TypeAlias = Piece | Bundle


def _masked(rect: Rect, mask: Mask | None) -> Rect:
    return rect if mask is None else rect.intersect(mask.rect)


class _Source(NamedTuple):
    """The part that lies inside the rectangle that is being composited."""

    part: Part
    shown: Rect
    area: Rect  # the same, relative to the rectangle
    rgba: Image | None  # straight; None for what passes through
    opaque: bool


def composite(parts: Sequence[Part], rect: Rect) -> Image:
    """What `parts`, from bottom to top, look like inside `rect`: straight RGBA."""
    image = composite_premultiplied(parts, rect)
    alpha = image[..., 3:]
    np.divide(image[..., :3], alpha, out=image[..., :3], where=alpha > 0.0)
    return np.minimum(image, 1.0, out=image)  # rounding may exceed 1 by one ulp


def composite_premultiplied(parts: Sequence[Part], rect: Rect) -> Image:
    """The same with color already multiplied by alpha, as screens want it."""
    result = np.zeros((rect.height, rect.width, 4), np.float32)
    _lay_all_over(result, parts, rect)
    return result


def flatten(parts: Sequence[Part], rect: Rect, control: RunControl | None = None) -> Image:
    """`composite` for large rectangles: beside the result, memory stays bounded.

    Raises:
        Cancelled: `control` was cancelled meanwhile.
    """
    result = np.empty((rect.height, rect.width, 4), np.float32)
    for block in _blocks(rect):
        if control is not None:
            control.check()
        result[block.translated(-rect.x, -rect.y).slices] = composite(parts, block)
    return result


def _blocks(rect: Rect) -> Iterator[Rect]:
    for y in range(rect.y, rect.bottom, BLOCK):
        for x in range(rect.x, rect.right, BLOCK):
            yield Rect(x, y, BLOCK, BLOCK).intersect(rect)


def _lay_all_over(backdrop: Image, parts: Sequence[Part], rect: Rect) -> None:
    """Composite `parts` over the premultiplied RGBA `backdrop` of `rect`, in place."""
    for source in reversed(_sources(parts, rect)):
        target = backdrop[source.area.slices]
        if source.rgba is None:
            _let_through(target, source)
        else:
            _lay_over(target, source.rgba, source)


def _sources(parts: Sequence[Part], rect: Rect) -> list[_Source]:
    """What shows, from top to bottom, ending with what hides all below it."""
    sources = []
    for part in reversed(parts):
        shown = part.rect.intersect(rect)
        if shown.is_empty or part.opacity <= 0.0:
            continue
        source = _read(part, shown, shown.translated(-rect.x, -rect.y))
        sources.append(source)
        if source.opaque and shown == rect and part.blend == "normal":
            break
    return sources


def _read(part: Part, shown: Rect, area: Rect) -> _Source:
    if isinstance(part, Bundle) and part.pass_through:
        return _Source(part, shown, area, None, opaque=False)
    if isinstance(part, Bundle):
        pixels = composite(part.parts, shown)
    else:
        pixels = part.raster.read(shown.translated(-part.x, -part.y))
    has_alpha = pixels.shape[2] == 4
    rgba = to_rgba(pixels)
    if part.clipped:
        _paint_on(rgba, part.clipped, shown)
    if part.mask is not None:
        rgba[..., 3:] *= part.mask.read(shown)
        has_alpha = True
    opaque = part.opacity >= 1.0 and not (has_alpha and rgba[..., 3].min() < 1.0)
    return _Source(part, shown, area, rgba, bool(opaque))


def _paint_on(rgba: Image, clipped: Sequence[Part], rect: Rect) -> None:
    """Composite `clipped` over straight `rgba`, in place, where it is; its alpha stays."""
    alpha = rgba[..., 3].copy()
    rgba[..., 3] = 1.0
    _lay_all_over(rgba, clipped, rect)
    rgba[..., 3] = alpha


def _let_through(backdrop: Image, source: _Source) -> None:
    """What passes through sees the backdrop: opacity and mask lead from there to the result."""
    before = backdrop.copy()
    assert isinstance(source.part, Bundle)
    _lay_all_over(backdrop, source.part.parts, source.shown)
    backdrop -= before
    backdrop *= np.float32(source.part.opacity)
    if source.part.mask is not None:
        backdrop *= source.part.mask.read(source.shown)
    backdrop += before


def _lay_over(backdrop: Image, rgba: Image, source: _Source) -> None:
    """Composite straight `rgba` over the premultiplied RGBA `backdrop`, in place."""
    blend = source.part.blend
    if blend == "normal" and source.opaque:
        backdrop[...] = rgba
        return
    alpha = rgba[..., 3:] * np.float32(source.part.opacity)
    color = rgba[..., :3]
    if blend != "normal":
        color = _mixed(backdrop, color, BLENDS[blend])
    backdrop *= 1.0 - alpha
    backdrop[..., :3] += color * alpha
    backdrop[..., 3:] += alpha


def _mixed(backdrop: Image, color: Image, blend: BlendFunction) -> Image:
    """``Cm``: the source's color, blended as far as there is a backdrop."""
    alpha = backdrop[..., 3:]
    below = np.divide(
        backdrop[..., :3], alpha, out=np.zeros_like(backdrop[..., :3]), where=alpha > 0.0
    )
    return color + alpha * (blend(np.minimum(below, 1.0), color) - color)
