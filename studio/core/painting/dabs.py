"""From the way of the pointer to dabs, and what one dab covers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Rect
from studio.core.painting.brush import Brush

Coverage: TypeAlias = NDArray[np.float32]  # [H, W], 0 to 1

SPACING = 0.1  # of the diameter, between two dabs
_PIECE, _MOST_PIECES = 4.0, 32  # px of a curve that are drawn straight, and how many such
_CLOSEST = 0.5  # px between two dabs, at the least
_FINENESS = ((64.0, 4), (256.0, 2))  # up to which diameter, at how many places within a px
_LARGE = 256.0  # px of diameter, above which few dabs are kept


class Dab(NamedTuple):
    """One touch of the tip: its middle and diameter in px, and how much it adds."""

    x: float
    y: float
    diameter: float
    flow: float


class Sample(NamedTuple):
    """Where the pointer was, in px, and how hard it was pressed, 0 to 1."""

    x: float
    y: float
    pressure: float = 1.0


class BrushPath:
    """Follows the pointer on a string of `slack` px, and sets dabs at even distances.

    Between two places of the pointer the way is a quadratic curve from middle to middle of its
    steps, so that a fast stroke has no corners; it ends half a step behind until `finish`.
    """

    def __init__(self, brush: Brush, start: Sample, slack: float = 0.0) -> None:
        self._brush = brush
        self._slack = slack
        self._pointer = self._held = start  # `_held` is the end of the string
        self._at = start  # how far the dabs have come
        self._to_next = 0.0  # px until the next dab is due

    @property
    def tip(self) -> Sample:
        """Where the tip is: behind the pointer by the string at most."""
        return self._held

    def start(self) -> list[Dab]:
        """The dab of the press."""
        return list(self._advance(self._at))

    def to(self, sample: Sample) -> list[Dab]:
        """The dabs that become due when the pointer goes to `sample`."""
        self._pointer = sample
        dx, dy = sample.x - self._held.x, sample.y - self._held.y
        distance = math.hypot(dx, dy)
        if distance <= self._slack:
            return []
        share = 1.0 - self._slack / distance
        corner = self._held
        self._held = Sample(corner.x + dx * share, corner.y + dy * share, sample.pressure)
        return self._curve(corner, _between(corner, self._held, 0.5))

    def finish(self) -> list[Dab]:
        """The dabs up to where the pointer is: the string is let go."""
        dabs = [*self._advance(self._held), *self._advance(self._pointer)]
        self._held = self._pointer
        return dabs

    def _curve(self, corner: Sample, end: Sample) -> list[Dab]:
        """From where the dabs are to `end`, bent towards `corner`."""
        start = self._at
        length = math.dist(start[:2], corner[:2]) + math.dist(corner[:2], end[:2])
        steps = max(1, min(_MOST_PIECES, math.ceil(length / _PIECE)))
        dabs: list[Dab] = []
        for step in range(1, steps + 1):
            share = step / steps
            first, second = _between(start, corner, share), _between(corner, end, share)
            dabs += self._advance(_between(first, second, share))
        return dabs

    def _advance(self, end: Sample) -> Iterator[Dab]:
        start, self._at = self._at, end
        length = math.hypot(end.x - start.x, end.y - start.y)
        at = self._to_next
        while at <= length:
            share = at / length if length else 0.0
            dab = self._dab(_between(start, end, share))
            yield dab
            at += max(dab.diameter * SPACING, _CLOSEST)
        self._to_next = at - length

    def _dab(self, sample: Sample) -> Dab:
        brush, (x, y, pressure) = self._brush, sample
        size = brush.size * (pressure if brush.pressure_size else 1.0)
        flow = brush.flow * (pressure if brush.pressure_flow else 1.0)
        return Dab(x, y, max(size, 1.0), flow)


def _between(start: Sample, end: Sample, share: float) -> Sample:
    return Sample(*(a + (b - a) * share for a, b in zip(start, end, strict=True)))


def dab_coverage(dab: Dab, hardness: float) -> tuple[Rect, Coverage]:
    """Where a round dab lies, and how much of each px it covers.

    Full up to `hardness` of the radius, then falling to nothing by Hermite's smooth step; a hard
    dab falls within one px about its radius.
    """
    places = next((count for limit, count in _FINENESS if dab.diameter < limit), 1)
    x, y = round(dab.x * places), round(dab.y * places)
    diameter = round(dab.diameter * places) / places
    stamp_of = _small_stamp if diameter < _LARGE else _large_stamp
    (left, top), stamp = stamp_of(diameter, hardness, (x % places) / places, (y % places) / places)
    height, width = stamp.shape
    return Rect(x // places + left, y // places + top, width, height), stamp


def _stamp(
    diameter: float, hardness: float, x: float, y: float
) -> tuple[tuple[int, int], Coverage]:
    """Coverage of a dab whose middle is at (x, y) in a px, and its corner relative to that px."""
    radius = diameter / 2
    outer = radius + 0.5
    inner = min(hardness * radius, radius - 0.5)
    left, top = math.floor(x - outer), math.floor(y - outer)
    right, bottom = math.ceil(x + outer), math.ceil(y + outer)
    across = np.arange(left, right, dtype=np.float32) + np.float32(0.5 - x)
    down = np.arange(top, bottom, dtype=np.float32) + np.float32(0.5 - y)
    distance = np.sqrt(across**2 + down[:, None] ** 2)
    share = np.clip((outer - distance) / (outer - inner), 0.0, 1.0).astype(np.float32)
    stamp: Coverage = share * share * (3 - 2 * share)
    stamp.flags.writeable = False
    return (left, top), stamp


_small_stamp = lru_cache(maxsize=64)(_stamp)
_large_stamp = lru_cache(maxsize=2)(_stamp)
