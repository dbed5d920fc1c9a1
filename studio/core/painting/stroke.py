"""One stroke on one raster: coverage grows dab by dab, pixels are made of it where it grew."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np

from studio.core.control import RunControl
from studio.core.image import NOWHERE, Image, Rect, to_pixels8
from studio.core.painting.dabs import Coverage, Dab, dab_coverage
from studio.core.painting.inks import Ink
from studio.core.raster import Raster

Limit: TypeAlias = Callable[[Rect], Coverage]  # how far paint is let through, by place


class Stroke:
    """Lays `ink` onto `before` where dabs go, at most `opacity` thick however often they cross.

    Every result is made from `before` and the whole coverage, so that nothing adds up but dabs.
    8-bit pixels stay so.
    """

    def __init__(
        self,
        before: Raster,
        ink: Ink,
        hardness: float = 1.0,
        opacity: float = 1.0,
        limit: Limit | None = None,
    ) -> None:
        self.before = before
        self.raster = before
        self.touched = NOWHERE
        self._ink = ink
        self._hardness = hardness
        self._opacity = np.float32(opacity)
        self._limit = limit
        self._coverage = _nothing_covered(before.height, before.width)

    def add(self, dabs: Iterable[Dab]) -> Rect:
        """Add dabs; returns the rectangle of `raster` that changed."""
        changed = NOWHERE
        for dab in dabs:
            changed = changed.union(self._cover(dab))
        if not changed.is_empty:
            self.raster = painted(
                self.before, changed, self.coverage(changed), self._ink, self.raster
            )
            self.touched = self.touched.union(changed)
        return changed

    def coverage(self, rect: Rect) -> Coverage:
        """How thick the ink lies inside `rect`, which must lie inside the raster."""
        coverage = self._coverage[rect.slices] * self._opacity
        return coverage if self._limit is None else coverage * self._limit(rect)

    def _cover(self, dab: Dab) -> Rect:
        place, stamp = dab_coverage(dab, self._hardness)
        area = place.intersect(self.before.rect)
        if not area.is_empty:
            part = stamp[area.translated(-place.x, -place.y).slices]
            covered = self._coverage[area.slices]
            covered += (1.0 - covered) * (part * np.float32(dab.flow))
        return area


def _nothing_covered(height: int, width: int) -> Coverage:
    """Zeros that take memory where they are written to, 4 KiB at a time: NumPy's own come in
    pages of 2 MiB, whose zeroing is felt at the first dab.
    """
    pages = mmap.mmap(-1, max(1, height * width * np.dtype(np.float32).itemsize))
    return np.frombuffer(pages, np.float32, height * width).reshape(height, width)


def painted(
    before: Raster, rect: Rect, coverage: Coverage, ink: Ink, onto: Raster | None = None
) -> Raster:
    """`onto` (default: `before`) with `rect` of `before` inked as far as `coverage` says."""
    pixels: Image = ink(before.read(rect), coverage, rect)
    target = before if onto is None else onto
    patch = to_pixels8(pixels) if before.is_8bit else pixels
    return target.with_patch(rect.x, rect.y, patch)


def painted_everywhere(
    before: Raster, coverage: Callable[[Rect], Coverage | None], ink: Ink, control: RunControl
) -> Raster:
    """`before` inked as far as `coverage` says, tile by tile; None: nothing there.

    Raises:
        Cancelled: `control` asked for it.
    """
    after = before
    for _, rect in before.tile_rects(before.rect):
        control.check()
        part = coverage(rect)
        if part is not None and part.any():
            after = painted(before, rect, part, ink, after)
    return after
