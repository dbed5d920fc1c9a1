"""Layers onto one another: a tree of pieces, a rectangle at a time.

Formulas: W3C *Compositing and Blending Level 1*. With Cb, ab the backdrop and Cs, as the source
(straight color), section 10 mixes ``Cm = (1 - ab) Cs + ab B(Cb, Cs)`` and section 9.1.4 (source
over) gives ``ao co = as Cm + (1 - as) ab Cb`` and ``ao = as + (1 - as) ab``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from studio.core.blends import BLENDS, BlendFunction
from studio.core.control import RunControl
from studio.core.document import BlendMode
from studio.core.image import Image, Planes, Rect
from studio.core.raster import Raster

Coverage: TypeAlias = Image  # float32 [H, W], 0 to 1

_LEAST = np.float32(1e-12)  # alpha to divide by: where there is none, there is no color either
BLOCK = 512  # px, side of the squares that `flatten` works in: 4 MiB per layer at a time


class Mask(NamedTuple):
    """One channel whose top-left corner lies at (x, y): how much shows; outside of it nothing."""

    raster: Raster
    x: int
    y: int

    @property
    def rect(self) -> Rect:
        return self.raster.rect.translated(self.x, self.y)

    def read(self, rect: Rect) -> Coverage:
        """``float32 [H, W]``."""
        return self.raster.read(rect.translated(-self.x, -self.y))[..., 0]


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
        return _masked(Rect.around(part.rect for part in self.parts), self.mask)


Part: TypeAlias = Piece | Bundle


def _masked(rect: Rect, mask: Mask | None) -> Rect:
    return rect if mask is None else rect.intersect(mask.rect)


class _Source(NamedTuple):
    """The part that lies inside the rectangle that is being composited."""

    part: Part
    shown: Rect
    area: Rect  # the same, relative to the rectangle
    rgba: Planes | None  # straight; None for what passes through
    opaque: bool


def composite(parts: Sequence[Part], rect: Rect) -> Image:
    """What `parts`, from bottom to top, look like inside `rect`: straight RGBA."""
    planes = _straight(composite_premultiplied(parts, rect))
    return np.ascontiguousarray(planes.transpose(1, 2, 0))


def composite_premultiplied(parts: Sequence[Part], rect: Rect) -> Planes:
    """The same with color multiplied by alpha, in planes ``[4, H, W]``: as screens want it."""
    planes = np.zeros((4, rect.height, rect.width), np.float32)
    _lay_all_over(planes, parts, rect)
    return planes


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


# --- Planes: a channel at a time is several times as fast as a pixel at a time ---


def _planes(image: Image) -> Planes:
    """Any *Image* as RGBA planes, which may be written to; missing alpha is opaque."""
    height, width, channels = image.shape
    planes = np.empty((4, height, width), np.float32)
    planes[:channels] = image.transpose(2, 0, 1)
    if channels < 3:
        planes[1:3] = planes[0]
    if channels < 4:
        planes[3] = 1.0
    return planes


def _straight(planes: Planes) -> Planes:
    """Premultiplied planes made straight, in place; rounding may exceed 1 by one ulp."""
    alpha = planes[3]
    if alpha.min(initial=1.0) < 1.0:
        planes[:3] /= np.maximum(alpha, _LEAST)
    return np.minimum(planes, 1.0, out=planes)


def _lay_all_over(backdrop: Planes, parts: Sequence[Part], rect: Rect) -> None:
    """Composite `parts` over the premultiplied `backdrop` of `rect`, in place."""
    for source in reversed(_sources(parts, rect)):
        target = backdrop[:, *source.area.slices]
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
        rgba = _straight(composite_premultiplied(part.parts, shown))
    else:
        rgba = _planes(part.raster.read(shown.translated(-part.x, -part.y)))
    if part.clipped:
        _paint_on(rgba, part.clipped, shown)
    if part.mask is not None:
        rgba[3] *= part.mask.read(shown)
    opaque = part.opacity >= 1.0 and rgba[3].min() >= 1.0
    return _Source(part, shown, area, rgba, bool(opaque))


def _paint_on(rgba: Planes, clipped: Sequence[Part], rect: Rect) -> None:
    """Composite `clipped` over straight `rgba`, in place, where it is; its alpha stays."""
    alpha = rgba[3].copy()
    rgba[3] = 1.0
    _lay_all_over(rgba, clipped, rect)
    rgba[3] = alpha


def _let_through(backdrop: Planes, source: _Source) -> None:
    """What passes through sees the backdrop: opacity and mask lead from there to the result."""
    before = backdrop.copy()
    assert isinstance(source.part, Bundle)
    _lay_all_over(backdrop, source.part.parts, source.shown)
    backdrop -= before
    backdrop *= np.float32(source.part.opacity)
    if source.part.mask is not None:
        backdrop *= source.part.mask.read(source.shown)
    backdrop += before


def _lay_over(backdrop: Planes, rgba: Planes, source: _Source) -> None:
    """Composite straight `rgba` over the premultiplied `backdrop`, in place."""
    blend, color = source.part.blend, rgba[:3]
    if blend != "normal":
        color = _mixed(backdrop, color, BLENDS[blend])
    if source.opaque:
        backdrop[:3], backdrop[3] = color, 1.0
        return
    alpha = rgba[3] * np.float32(source.part.opacity)
    backdrop *= 1.0 - alpha
    backdrop[:3] += color * alpha
    backdrop[3] += alpha


def _mixed(backdrop: Planes, color: Planes, blend: BlendFunction) -> Planes:
    """``Cm``: the source's color, blended as far as there is a backdrop."""
    below, alpha = backdrop[:3], backdrop[3]
    if alpha.min(initial=1.0) >= 1.0:
        return blend(np.minimum(below, 1.0), color)
    below = np.minimum(below / np.maximum(alpha, _LEAST), 1.0)
    mixed: Planes = blend(below, color) - color
    mixed *= alpha
    mixed += color
    return mixed
