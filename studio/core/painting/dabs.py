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
    """Follows the pointer on a string of `slack` px, and sets dabs at even distances."""

    def __init__(self, brush: Brush, start: Sample, slack: float = 0.0) -> None:
        self._brush = brush
        self._slack = slack
        self._tip = self._pointer = start
        self._to_next = 0.0  # px until the next dab is due

    @property
    def tip(self) -> Sample:
        """Where the tip is: behind the pointer by the string at most."""
        return self._tip

    def start(self) -> list[Dab]:
        """The dab of the press."""
        return list(self._advance(self._tip))

    def to(self, sample: Sample) -> list[Dab]:
        """The dabs that become due when the pointer goes to `sample` in a straight line."""
        self._pointer = sample
        dx, dy = sample.x - self._tip.x, sample.y - self._tip.y
        distance = math.hypot(dx, dy)
        if distance <= self._slack:
            return []
        share = 1.0 - self._slack / distance
        end = Sample(self._tip.x + dx * share, self._tip.y + dy * share, sample.pressure)
        return list(self._advance(end))

    def finish(self) -> list[Dab]:
        """The dabs up to where the pointer is: the string is let go."""
        return list(self._advance(self._pointer))

    def _advance(self, end: Sample) -> Iterator[Dab]:
        start, self._tip = self._tip, end
        length = math.hypot(end.x - start.x, end.y - start.y)
        at = self._to_next
        while at <= length:
            share = at / length if length else 0.0
            x, y, pressure = (a + (b - a) * share for a, b in zip(start, end, strict=True))
            dab = self._dab(x, y, pressure)
            yield dab
            at += max(dab.diameter * SPACING, _CLOSEST)
        self._to_next = at - length

    def _dab(self, x: float, y: float, pressure: float) -> Dab:
        brush = self._brush
        size = brush.size * (pressure if brush.pressure_size else 1.0)
        flow = brush.flow * (pressure if brush.pressure_flow else 1.0)
        return Dab(x, y, max(size, 1.0), flow)


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
