"""Black or white bars along opposite sides of a picture."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Pixels8, Rect

_EVEN = 10  # levels of 255 that a bar's pixels may differ from its tone: JPEG leaves traces
_BLACK, _WHITE = 28, 240  # darkest and brightest tones; a bar is beyond one of them
_LEAST = 0.02  # of the side; a thinner line is a frame at most
_MOST = 0.45  # of the side; what is left must be a picture
_STEP = 0.55  # share of the pixels along a bar's edge that must differ from it
_BLEND = 2  # px between a bar and the picture that are neither
_PLAIN = 6.0  # levels; inside there must be more going on than this deviation


class Bars(NamedTuple):
    """Rows and columns in px that are bars: at the top, bottom, left, right."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0


def find_bars(pixels: Pixels8) -> Bars:
    """The bars of ``uint8 [H, W, C]``; all zero where there are none.

    A plain ground around a motif is none: a bar ends in a straight edge all along.
    """
    if pixels.shape[2] == 4 and pixels[..., 3].min() < 255:
        return Bars()
    color = pixels[..., :3].astype(np.int16)
    top, bottom = _pair(color)
    left, right = _pair(color.transpose(1, 0, 2))
    bars = Bars(top, bottom, left, right)
    inside = color[top : len(color) - bottom, left : color.shape[1] - right]
    if not any(bars) or inside.std() < _PLAIN or _is_on_ground(inside, color[0, 0]):
        return Bars()
    return bars


def without_bars(pixels: Pixels8) -> Pixels8:
    """The picture cut to what is between its bars, with one pixel of blend at each."""
    height, width = pixels.shape[:2]
    top, bottom, left, right = (bar and bar + 1 for bar in find_bars(pixels))
    return pixels[Rect.from_edges(left, top, width - right, height - bottom).slices]


def _is_on_ground(inside: NDArray[np.int16], tone: NDArray[np.int16]) -> bool:
    """Whether the bars' tone goes on inside, all along a side or (white) in the corners."""
    alike = np.abs(inside - tone).max(axis=2) <= _EVEN
    past_blend = alike[_BLEND:-_BLEND, _BLEND:-_BLEND]
    sides = (past_blend[0], past_blend[-1], past_blend[:, 0], past_blend[:, -1])
    if any(side.mean() > 1 - _LEAST for side in sides):
        return True
    corners = past_blend[[0, 0, -1, -1], [0, -1, 0, -1]]
    return bool(tone.min() >= _WHITE and corners.sum() > 1)


def _pair(color: NDArray[np.int16]) -> tuple[int, int]:
    """The bars at the first and the last rows; both zero unless there are both, of one tone."""
    tones = color[0].mean(axis=0), color[-1].mean(axis=0)
    if np.abs(tones[0] - tones[1]).max() > _EVEN or not _is_black_or_white(tones[0]):
        return 0, 0
    differs = np.abs(color - tones[0]).max(axis=2) > _EVEN  # [H, W]
    share = differs.mean(axis=1)
    first, last = _bar(share), _bar(share[::-1])
    return (first, last) if first and last else (0, 0)


def _is_black_or_white(tone: NDArray[np.floating]) -> bool:
    return bool(tone.max() <= _BLACK or tone.min() >= _WHITE)


def _bar(share: NDArray[np.floating]) -> int:
    """How many rows from the first one on are even, if they end in an edge all along, else 0."""
    busy = np.flatnonzero(share > _LEAST)
    rows = int(busy[0]) if busy.size else len(share)
    if not _LEAST * len(share) <= rows <= _MOST * len(share):
        return 0
    edge = share[rows : rows + _BLEND + 1].max()
    return rows if edge >= _STEP else 0
