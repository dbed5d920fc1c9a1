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
from studio.core.image import Planes

BlendFunction: TypeAlias = Callable[[Planes, Planes], Planes]  # B(Cb, Cs), three channels each

# --- Separable ---


def _multiply(below: Planes, color: Planes) -> Planes:
    return below * color


def _screen(below: Planes, color: Planes) -> Planes:
    return below + color - below * color


def _hard_light(below: Planes, color: Planes) -> Planes:
    return np.where(color <= 0.5, _multiply(below, 2 * color), _screen(below, 2 * color - 1))


def _overlay(below: Planes, color: Planes) -> Planes:
    return _hard_light(color, below)


def _color_dodge(below: Planes, color: Planes) -> Planes:
    lightest = np.where(below > 0.0, np.float32(1.0), np.float32(0.0))
    dodged = np.divide(below, 1.0 - color, out=lightest, where=color < 1.0)
    clipped: Planes = np.minimum(dodged, 1.0, out=dodged)
    return clipped


def _color_burn(below: Planes, color: Planes) -> Planes:
    return 1.0 - _color_dodge(1.0 - below, 1.0 - color)


def _soft_light(below: Planes, color: Planes) -> Planes:
    curve = np.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(below))
    reach = np.where(color <= 0.5, below * (1 - below), curve - below)
    softened: Planes = below + (2 * color - 1) * reach
    return softened


def _add(below: Planes, color: Planes) -> Planes:
    total: Planes = np.minimum(below + color, 1.0)
    return total


def _difference(below: Planes, color: Planes) -> Planes:
    distance: Planes = np.abs(below - color)
    return distance


def _exclusion(below: Planes, color: Planes) -> Planes:
    return below + color - 2 * below * color


# --- Not separable ---


def _lum(color: Planes) -> Planes:
    """With the specification's weights, not those of Rec. 709: ``[H, W]``."""
    red, green, blue = (color[i] * np.float32(part) for i, part in enumerate((0.3, 0.59, 0.11)))
    lum: Planes = red + green + blue
    return lum


def _with_lum(color: Planes, lum: Planes) -> Planes:
    return _clip_color(color + (lum - _lum(color)))


def _clip_color(color: Planes) -> Planes:
    """Pull color that left [0, 1] back toward its own brightness."""
    lum = _lum(color)
    low, high = _lowest(color), _highest(color)
    shrink = np.ones_like(lum)
    np.divide(lum, lum - low, out=shrink, where=low < 0.0)
    over = np.divide(1.0 - lum, high - lum, out=np.ones_like(lum), where=high > 1.0)
    clipped: Planes = np.clip(lum + (color - lum) * np.minimum(shrink, over), 0.0, 1.0)
    return clipped


def _with_saturation_of(color: Planes, other: Planes) -> Planes:
    low = _lowest(color)
    spread, wanted = _highest(color) - low, _highest(other) - _lowest(other)
    stretch = np.divide(wanted, spread, out=np.zeros_like(low), where=spread > 0.0)
    stretched: Planes = (color - low) * stretch
    return stretched


def _lowest(color: Planes) -> Planes:
    low: Planes = color.min(axis=0)
    return low


def _highest(color: Planes) -> Planes:
    high: Planes = color.max(axis=0)
    return high


def _hue(below: Planes, color: Planes) -> Planes:
    return _with_lum(_with_saturation_of(color, below), _lum(below))


def _saturation(below: Planes, color: Planes) -> Planes:
    return _with_lum(_with_saturation_of(below, color), _lum(below))


def _color(below: Planes, color: Planes) -> Planes:
    return _with_lum(color, _lum(below))


def _luminosity(below: Planes, color: Planes) -> Planes:
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
