"""Layers onto one another: blend modes and alpha, a rectangle at a time.

Formulas: W3C *Compositing and Blending Level 1*. With Cb, ab the backdrop and Cs, as the source
(straight color), section 10 mixes ``Cm = (1 - ab) Cs + ab B(Cb, Cs)`` and section 9.1.4 (source
over) gives ``ao co = as Cm + (1 - as) ab Cb`` and ``ao = as + (1 - as) ab``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from studio.core.control import RunControl
from studio.core.document import BlendMode
from studio.core.image import Image, Rect, to_rgba
from studio.core.raster import Raster

BlendFunction: TypeAlias = Callable[[Image, Image], Image]  # B(Cb, Cs), [H, W, 3] each

BLOCK = 512  # px, side of the squares that `flatten` works in: 4 MiB per layer at a time


class Piece(NamedTuple):
    """A raster whose top-left corner lies at (x, y), and how it is laid over what is below."""

    raster: Raster
    x: int
    y: int
    opacity: float = 1.0
    blend: BlendMode = "normal"

    @property
    def rect(self) -> Rect:
        return Rect(self.x, self.y, self.raster.width, self.raster.height)


class _Source(NamedTuple):
    """The part of a piece inside the rectangle that is being composited."""

    piece: Piece
    area: Rect  # relative to the rectangle
    rgba: Image  # straight
    opaque: bool


def composite(pieces: Sequence[Piece], rect: Rect) -> Image:
    """What `pieces`, from bottom to top, look like inside `rect`: straight RGBA."""
    image = composite_premultiplied(pieces, rect)
    alpha = image[..., 3:]
    np.divide(image[..., :3], alpha, out=image[..., :3], where=alpha > 0.0)
    return np.minimum(image, 1.0, out=image)  # rounding may exceed 1 by one ulp


def composite_premultiplied(pieces: Sequence[Piece], rect: Rect) -> Image:
    """The same with color already multiplied by alpha, as screens want it."""
    result = np.zeros((rect.height, rect.width, 4), np.float32)
    for source in reversed(_sources(pieces, rect)):
        _lay_over(result[source.area.slices], source)
    return result


def flatten(pieces: Sequence[Piece], rect: Rect, control: RunControl | None = None) -> Image:
    """`composite` for large rectangles: beside the result, memory stays bounded.

    Raises:
        Cancelled: `control` was cancelled meanwhile.
    """
    result = np.empty((rect.height, rect.width, 4), np.float32)
    for block in _blocks(rect):
        if control is not None:
            control.check()
        result[block.translated(-rect.x, -rect.y).slices] = composite(pieces, block)
    return result


def _blocks(rect: Rect) -> Iterator[Rect]:
    for y in range(rect.y, rect.bottom, BLOCK):
        for x in range(rect.x, rect.right, BLOCK):
            yield Rect(x, y, BLOCK, BLOCK).intersect(rect)


def _sources(pieces: Sequence[Piece], rect: Rect) -> list[_Source]:
    """The parts that show, from top to bottom, ending with one that hides all below it."""
    sources = []
    for piece in reversed(pieces):
        shown = piece.rect.intersect(rect)
        if shown.is_empty or piece.opacity <= 0.0:
            continue
        source = _read(piece, shown, shown.translated(-rect.x, -rect.y))
        sources.append(source)
        if source.opaque and shown == rect and piece.blend == "normal":
            break
    return sources


def _read(piece: Piece, shown: Rect, area: Rect) -> _Source:
    pixels = piece.raster.read(shown.translated(-piece.x, -piece.y))
    opaque = pixels.shape[2] != 4 or bool(pixels[..., 3].min() >= 1.0)
    return _Source(piece, area, to_rgba(pixels), opaque and piece.opacity >= 1.0)


def _lay_over(backdrop: Image, source: _Source) -> None:
    """Composite `source` over the premultiplied RGBA `backdrop`, in place."""
    blend, rgba = source.piece.blend, source.rgba
    if blend == "normal" and source.opaque:
        backdrop[...] = rgba
        return
    alpha = rgba[..., 3:] * np.float32(source.piece.opacity)
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


# --- Separable blend modes: section 10.1 of the specification ---


def _multiply(below: Image, color: Image) -> Image:
    return below * color


def _screen(below: Image, color: Image) -> Image:
    return below + color - below * color


def _hard_light(below: Image, color: Image) -> Image:
    return np.where(color <= 0.5, _multiply(below, 2 * color), _screen(below, 2 * color - 1))


def _overlay(below: Image, color: Image) -> Image:
    return _hard_light(color, below)


def _add(below: Image, color: Image) -> Image:
    total: Image = np.minimum(below + color, 1.0)
    return total


def _difference(below: Image, color: Image) -> Image:
    distance: Image = np.abs(below - color)
    return distance


def _soft_light(below: Image, color: Image) -> Image:
    curve = np.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(below))
    darker = below - (1 - 2 * color) * below * (1 - below)
    lighter = below + (2 * color - 1) * (curve - below)
    return np.where(color <= 0.5, darker, lighter)


# --- The one non-separable mode: section 10.2 ---

_LUM = np.array([0.3, 0.59, 0.11], np.float32)  # the specification's weights, not Rec. 709


def _lum(color: Image) -> Image:
    return (color @ _LUM)[..., None]


def _color(below: Image, color: Image) -> Image:
    """Hue and saturation of the source with the brightness of the backdrop."""
    return _clip_color(color + _lum(below) - _lum(color))


def _clip_color(color: Image) -> Image:
    """Pull color that left [0, 1] back toward its own brightness."""
    lum = _lum(color)
    low, high = color.min(axis=2, keepdims=True), color.max(axis=2, keepdims=True)
    shrink = np.ones_like(lum)
    np.divide(lum, lum - low, out=shrink, where=low < 0.0)
    over = np.divide(1.0 - lum, high - lum, out=np.ones_like(lum), where=high > 1.0)
    clipped: Image = np.clip(lum + (color - lum) * np.minimum(shrink, over), 0.0, 1.0)
    return clipped


BLENDS: Mapping[BlendMode, BlendFunction] = {
    "multiply": _multiply,
    "screen": _screen,
    "overlay": _overlay,
    "darken": np.minimum,
    "lighten": np.maximum,
    "add": _add,
    "difference": _difference,
    "soft light": _soft_light,
    "color": _color,
}
