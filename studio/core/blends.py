"""Blend modes: what color comes of a backdrop and a source.

Formulas: W3C *Compositing and Blending Level 1*, ``B(Cb, Cs)`` of section 10.1 (separable: each
channel by itself) and 10.2 (not separable: hue, saturation, color, luminosity). ``add`` is not in
it: the sum, as in every painting program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from studio.core.document import BlendMode
from studio.core.image import Image

BlendFunction: TypeAlias = Callable[[Image, Image], Image]  # B(Cb, Cs), [H, W, 3] each, in [0, 1]

# --- Separable ---


def _multiply(below: Image, color: Image) -> Image:
    return below * color


def _screen(below: Image, color: Image) -> Image:
    return below + color - below * color


def _hard_light(below: Image, color: Image) -> Image:
    return np.where(color <= 0.5, _multiply(below, 2 * color), _screen(below, 2 * color - 1))


def _overlay(below: Image, color: Image) -> Image:
    return _hard_light(color, below)


def _color_dodge(below: Image, color: Image) -> Image:
    lightest = np.where(below > 0.0, np.float32(1.0), np.float32(0.0))
    dodged = np.divide(below, 1.0 - color, out=lightest, where=color < 1.0)
    clipped: Image = np.minimum(dodged, 1.0, out=dodged)
    return clipped


def _color_burn(below: Image, color: Image) -> Image:
    return 1.0 - _color_dodge(1.0 - below, 1.0 - color)


def _soft_light(below: Image, color: Image) -> Image:
    curve = np.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(below))
    darker = below - (1 - 2 * color) * below * (1 - below)
    lighter = below + (2 * color - 1) * (curve - below)
    return np.where(color <= 0.5, darker, lighter)


def _add(below: Image, color: Image) -> Image:
    total: Image = np.minimum(below + color, 1.0)
    return total


def _difference(below: Image, color: Image) -> Image:
    distance: Image = np.abs(below - color)
    return distance


def _exclusion(below: Image, color: Image) -> Image:
    return below + color - 2 * below * color


# --- Not separable ---

_LUM = np.array([0.3, 0.59, 0.11], np.float32)  # the specification's weights, not Rec. 709


def _lum(color: Image) -> Image:
    return (color @ _LUM)[..., None]


def _with_lum(color: Image, lum: Image) -> Image:
    return _clip_color(color + (lum - _lum(color)))


def _clip_color(color: Image) -> Image:
    """Pull color that left [0, 1] back toward its own brightness."""
    lum = _lum(color)
    low, high = _lowest(color), _highest(color)
    shrink = np.ones_like(lum)
    np.divide(lum, lum - low, out=shrink, where=low < 0.0)
    over = np.divide(1.0 - lum, high - lum, out=np.ones_like(lum), where=high > 1.0)
    clipped: Image = np.clip(lum + (color - lum) * np.minimum(shrink, over), 0.0, 1.0)
    return clipped


def _with_saturation_of(color: Image, other: Image) -> Image:
    low = _lowest(color)
    spread, wanted = _highest(color) - low, _highest(other) - _lowest(other)
    stretch = np.divide(wanted, spread, out=np.zeros_like(low), where=spread > 0.0)
    stretched: Image = (color - low) * stretch
    return stretched


def _lowest(color: Image) -> Image:
    """Of the three channels, ``[H, W, 1]``. Two comparisons are five times as fast as `min`."""
    low: Image = np.minimum(np.minimum(color[..., 0:1], color[..., 1:2]), color[..., 2:3])
    return low


def _highest(color: Image) -> Image:
    high: Image = np.maximum(np.maximum(color[..., 0:1], color[..., 1:2]), color[..., 2:3])
    return high


def _hue(below: Image, color: Image) -> Image:
    return _with_lum(_with_saturation_of(color, below), _lum(below))


def _saturation(below: Image, color: Image) -> Image:
    return _with_lum(_with_saturation_of(below, color), _lum(below))


def _color(below: Image, color: Image) -> Image:
    return _with_lum(color, _lum(below))


def _luminosity(below: Image, color: Image) -> Image:
    return _with_lum(below, _lum(color))


BLENDS: Mapping[BlendMode, BlendFunction] = {
    "multiply": _multiply,
    "darken": np.minimum,
    "color burn": _color_burn,
    "screen": _screen,
    "lighten": np.maximum,
    "color dodge": _color_dodge,
    "add": _add,
    "overlay": _overlay,
    "soft light": _soft_light,
    "hard light": _hard_light,
    "difference": _difference,
    "exclusion": _exclusion,
    "hue": _hue,
    "saturation": _saturation,
    "color": _color,
    "luminosity": _luminosity,
}
"""Every mode but ``normal``, which needs no mixing."""
