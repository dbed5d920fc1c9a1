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


def color_ink(color: Color) -> Ink:
    """Paints one sRGB color; its brightness on one channel."""
    paint = np.array(color, np.float32)

    def apply(base: Image, coverage: Coverage, _place: Rect) -> Image:
        source = (paint @ LUMA)[None] if base.shape[2] == 1 else paint
        return _over(base, source, coverage[..., None])

    return apply


def picture_ink(read: Callable[[Rect], Image]) -> Ink:
    """Paints the RGBA picture that `read` gives for the place; its brightness on one channel."""

    def apply(base: Image, coverage: Coverage, place: Rect) -> Image:
        source = read(place)
        color = luma(source) if base.shape[2] == 1 else source[..., :3]
        return _over(base, color, coverage[..., None] * source[..., 3:])

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


def _over(base: Image, color: Image, alpha: Image) -> Image:
    if base.shape[2] != 4:
        return base + (color - base) * alpha
    result = np.empty_like(base)
    below = base[..., 3:]
    if float(below.min(initial=1.0)) >= 1.0:
        result[..., :3] = base[..., :3] + (color - base[..., :3]) * alpha
        result[..., 3] = 1.0
        return result
    total = alpha + below * (1.0 - alpha)
    share = np.divide(alpha, total, out=np.zeros_like(total), where=total > 0.0)
    result[..., :3] = base[..., :3] + (color - base[..., :3]) * share
    result[..., 3:] = total
    return result
