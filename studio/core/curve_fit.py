"""Cubic curves through points: as few as stay within a tolerance.

Schneider 1990, "An algorithm for automatically fitting digitized curves" (Graphics Gems I).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.shapes import Outline, Points

Places: TypeAlias = NDArray[np.intp]

_ROUNDS = 4  # of finding better parameters before a curve is split
_STRAIGHT = 0.75  # of the tolerance: what is nearer to the line between two corners is a line
_HOPELESS = 3.0  # times the tolerance: what is farther off is split at once
_CORNER_SPAN = 3  # points on either side over which a turn is measured
_CORNER = 0.35  # cosine of the turn above which a point is a corner


def fit_outline(points: Points, tolerance: float) -> Outline:
    """Curves along a closed line ``[N, 2]`` whose first point comes once, within `tolerance`."""
    corners = _corners(points)
    if not len(corners):
        corners = np.array([0])
    points = np.roll(points, -corners[0], axis=0)
    bounds = [*(corners - corners[0]), len(points)]
    closed = np.concatenate([points, points[:1]])
    curves: list[Points] = []
    smooth = len(bounds) == 2  # no corner: the ends meet in one direction
    for first, last in pairwise(bounds):
        part = closed[first : last + 1]
        if not smooth and _is_straight(part, _STRAIGHT * tolerance):
            curves.append(part[0] + (part[-1] - part[0]) * np.arange(4.0)[:, None] / 3.0)
            continue
        start, end = _direction(part), _direction(part[::-1])
        if smooth and len(points) > 2:
            start = _unit(points[1] - points[-1])
            end = -start
        curves += _fit(part, start, end, tolerance)
    return np.stack(curves)


def _is_straight(points: Points, tolerance: float) -> bool:
    along = _unit(points[-1] - points[0])
    x, y = (points - points[0]).T
    return bool(np.abs(x * along[1] - y * along[0]).max() <= tolerance)


def _corners(points: Points) -> Places:
    """Where the line turns sharply, once for each turn."""
    span = min(_CORNER_SPAN, max(1, len(points) // 4))
    before = _unit(points - np.roll(points, span, axis=0))
    after = _unit(np.roll(points, -span, axis=0) - points)
    along = (before * after).sum(axis=1)
    around = np.stack([np.roll(along, shift) for shift in range(-span, span + 1)])
    found: Places = np.flatnonzero((along < _CORNER) & (along <= around.min(axis=0)))
    return found


def _fit(points: Points, start: Points, end: Points, tolerance: float) -> list[Points]:
    """Curves from the first point to the last that begin and end in the directions given."""
    if len(points) == 2:
        third = np.linalg.norm(points[1] - points[0]) / 3.0
        first, last = points
        return [np.array([first, first + start * third, last + end * third, last])]
    at = _lengths(points)
    curve = _least_squares(points, at, start, end)
    apart = _squares(curve, at, points)
    for _ in range(_ROUNDS):
        if apart.max() <= tolerance**2 or apart.max() > (_HOPELESS * tolerance) ** 2:
            break
        at = _nearer(curve, points, at)
        curve = _least_squares(points, at, start, end)
        apart = _squares(curve, at, points)
    if apart.max() <= tolerance**2:
        return [curve]
    split = int(np.clip(apart.argmax(), 1, len(points) - 2))
    middle = _unit(points[max(split - 2, 0)] - points[min(split + 2, len(points) - 1)])
    return [
        *_fit(points[: split + 1], start, middle, tolerance),
        *_fit(points[split:], -middle, end, tolerance),
    ]


def _least_squares(points: Points, at: Points, start: Points, end: Points) -> Points:
    """The curve whose handles, along the given directions, bring it nearest to the points."""
    shares = _bernstein(at)
    one, two = start * shares[:, 1:2], end * shares[:, 2:3]
    near = shares[:, :1] + shares[:, 1:2]
    rest = points - points[0] * near - points[-1] * (1.0 - near)
    a, b, c = (one * one).sum(), (one * two).sum(), (two * two).sum()
    left, right = (one * rest).sum(), (two * rest).sum()
    chord = float(np.linalg.norm(points[-1] - points[0]))
    determinant = max(float(a * c - b * b), 1e-9)
    reach = ((c * left - b * right) / determinant, (a * right - b * left) / determinant)
    if min(reach) < chord * 1e-3 or max(reach) > 3.0 * max(chord, 1.0):
        reach = (chord / 3.0, chord / 3.0)
    return np.array(
        [points[0], points[0] + start * reach[0], points[-1] + end * reach[1], points[-1]]
    )


def _nearer(curve: Points, points: Points, at: Points) -> Points:
    """Parameters at which the curve is nearer to the points: one step of Newton's method."""
    first = 3.0 * np.diff(curve, axis=0)
    second = 2.0 * np.diff(first, axis=0)
    t = at[:, None]
    slope = first[0] * (1 - t) ** 2 + 2 * first[1] * t * (1 - t) + first[2] * t**2
    bend = second[0] * (1 - t) + second[1] * t
    apart = _on(curve, at) - points
    down = (slope**2 + apart * bend).sum(axis=1)
    step = (apart * slope).sum(axis=1) / np.where(np.abs(down) > 1e-9, down, np.inf)
    moved: Points = np.clip(at - step, 0.0, 1.0)
    return moved


def _squares(curve: Points, at: Points, points: Points) -> Points:
    """Squared distances of the points from the curve."""
    squares: Points = ((_on(curve, at) - points) ** 2).sum(axis=1)
    return squares


def _on(curve: Points, at: Points) -> Points:
    on: Points = _bernstein(at) @ curve
    return on


def _bernstein(at: Points) -> Points:
    rest = 1.0 - at
    return np.stack([rest**3, 3 * rest**2 * at, 3 * rest * at**2, at**3], axis=1)


def _lengths(points: Points) -> Points:
    """How far along the line each point is, 0 to 1."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    along: Points = np.concatenate([[0.0], np.cumsum(steps)])
    return along / max(float(along[-1]), 1e-9)


def _direction(points: Points) -> Points:
    """Where the line goes at its beginning."""
    return _unit(points[min(2, len(points) - 1)] - points[0])


def _unit(vectors: Points) -> Points:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    units: Points = vectors / np.maximum(lengths, 1e-9)
    return units
