"""What coverage does to pixels: lay a color or another picture over them, or take them away.

Straight alpha, W3C *Compositing and Blending Level 1*, section 9.1.4 (source over): with as the
ink's alpha times coverage, ``ao = as + ab (1 - as)`` and ``ao co = as cs + ab cb (1 - as)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from studio.core.image import LUMA, Image, Rect, luma
from studio.core.painting.dabs import Coverage
from studio.core.param_values import Color

Ink: TypeAlias = Callable[[Image, Coverage, Rect], Image]  # base, coverage, place -> result

_LEAST = np.float32(1e-30)  # alpha to divide by


def color_ink(color: Color) -> Ink:
    """Paints one sRGB color; its brightness on one channel."""
    paint = np.array(color, np.float32)

    def apply(base: Image, coverage: Coverage, _place: Rect) -> Image:
        source = (paint @ LUMA)[None] if base.shape[2] == 1 else paint
        return _over(base, source, coverage)

    return apply


def picture_ink(read: Callable[[Rect], Image]) -> Ink:
    """Paints the RGBA picture that `read` gives for the place; its brightness on one channel."""

    def apply(base: Image, coverage: Coverage, place: Rect) -> Image:
        source = read(place)
        color = luma(source) if base.shape[2] == 1 else source[..., :3]
        return _over(base, color, coverage * source[..., 3])

    return apply


def keeping_alpha(ink: Ink) -> Ink:
    """`ink` that changes colors only: what is transparent stays so."""

    def apply(base: Image, coverage: Coverage, place: Rect) -> Image:
        if base.shape[2] != 4:
            return ink(base, coverage, place)
        opaque = base.copy()
        opaque[..., 3] = 1.0
        result = ink(opaque, coverage, place)
        result[..., 3] = base[..., 3]
        return result

    return apply


def eraser_ink(base: Image, coverage: Coverage, _place: Rect) -> Image:
    """Takes alpha away; what has none becomes black."""
    result = base.copy()
    result[..., 3 if base.shape[2] == 4 else 0 :] *= 1.0 - coverage[..., None]
    return result


def _over(base: Image, color: Image, alpha: Coverage) -> Image:
    """A channel at a time: several times as fast as a pixel at a time."""
    result: Image = np.empty_like(base)
    share = alpha
    if base.shape[2] == 4:
        below = base[..., 3]
        total = below + alpha * (1.0 - below)
        share = np.divide(alpha, np.maximum(total, _LEAST), dtype=np.float32)
        result[..., 3] = total
    for channel in range(min(3, base.shape[2])):
        plane = base[..., channel]
        result[..., channel] = plane + (color[..., channel] - plane) * share
    return result
