"""Compositing again and again while one part changes: what stays the same is composited once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from studio.core.compositor import Bundle, Part, Piece, composite
from studio.core.image import NOWHERE, Image, Rect
from studio.core.raster import Raster

BLOCK = 64  # px, side of the squares that are composited at a time


class ComposedRaster(Raster):
    """What `parts` look like on a page at (0, 0), made where it is read, and kept. One thread."""

    __slots__ = ("_blocks", "_made_of")

    def __init__(self, parts: Sequence[Part], page: Rect) -> None:
        super().__init__(page.width, page.height)
        self._made_of = parts
        self._blocks: dict[tuple[int, int], Image] = {}  # by row and column

    def read(self, rect: Rect | None = None) -> Image:
        if rect is None:
            rect = self.rect
        out = np.zeros((rect.height, rect.width, 4), np.float32)
        for area in self._missing(rect):
            self._composite(area)
        for index, block in self._blocks_in(rect):
            part = block.intersect(rect)
            pixels = self._blocks[index][part.translated(-block.x, -block.y).slices]
            out[part.translated(-rect.x, -rect.y).slices] = pixels
        return out

    def _composite(self, area: Rect) -> None:
        pixels = composite(self._made_of, area)
        for index, block in self._blocks_in(area):
            self._blocks[index] = pixels[block.translated(-area.x, -area.y).slices].copy()

    def _missing(self, rect: Rect) -> list[Rect]:
        """What is to be made before `rect` can be read: few rectangles of whole blocks."""
        missing: list[Rect] = []
        for index, block in self._blocks_in(rect):
            if index in self._blocks:
                continue
            last = missing[-1] if missing else block
            if missing and (last.y, last.right) == (block.y, block.x):
                missing[-1] = last.union(block)
            else:
                missing.append(block)
        return _stacked(missing)

    def _blocks_in(self, rect: Rect) -> Iterator[tuple[tuple[int, int], Rect]]:
        """Row by row."""
        area = rect.intersect(self.rect)
        for row in range(area.y // BLOCK, -(-area.bottom // BLOCK)):
            for column in range(area.x // BLOCK, -(-area.right // BLOCK)):
                block = Rect(column * BLOCK, row * BLOCK, BLOCK, BLOCK)
                yield (row, column), block.intersect(self.rect)


def _stacked(rects: Iterable[Rect]) -> list[Rect]:
    """`rects` with those in one that lie below one another and are as wide."""
    stacked: list[Rect] = []
    for rect in rects:
        last = stacked[-1] if stacked else rect
        if stacked and (last.x, last.width, last.bottom) == (rect.x, rect.width, rect.y):
            stacked[-1] = last.union(rect)
        else:
            stacked.append(rect)
    return stacked


class SteadyParts:
    """Finds what stays the same from one list of parts to the next. For one thread at a time.

    Whatever lies below the part that changes looks like one picture; so do neighbors above it
    that are all laid over with the blend mode ``normal``, which is associative.
    """

    def __init__(self) -> None:
        self._page = NOWHERE
        self._before: tuple[Part, ...] = ()
        self._composed: dict[tuple[Part, ...], Piece] = {}
        self._used: dict[tuple[Part, ...], Piece] = {}

    def simplified(self, parts: tuple[Part, ...], page: Rect) -> tuple[Part, ...]:
        """Fewer parts that look the same on `page`, once the like was asked for before."""
        if page != self._page:
            self._before, self._composed = (), {}
        if parts == self._before:
            return parts
        self._page, self._used = page, {}
        simplified = self._simplified(parts, self._before, isolated=True)
        self._before, self._composed = parts, self._used
        return simplified

    def _simplified(
        self, parts: tuple[Part, ...], before: tuple[Part, ...], *, isolated: bool
    ) -> tuple[Part, ...]:
        below = _alike(parts, before)
        above = _alike(parts[below:][::-1], before[below:][::-1])
        top, top_before = len(parts) - above, len(before) - above
        changed = parts[below:top]
        if len(changed) == 1 and isinstance(changed[0], Bundle):
            changed = (self._inside(changed[0], before[below:top_before]),)
        lower = [parts[:below]] if isolated else _normal_runs(parts[:below])
        return (*self._as_ones(lower), *changed, *self._as_ones(_normal_runs(parts[top:])))

    def _inside(self, bundle: Bundle, before: tuple[Part, ...]) -> Bundle:
        old = before[0].parts if len(before) == 1 and isinstance(before[0], Bundle) else ()
        parts = self._simplified(bundle.parts, old, isolated=not bundle.pass_through)
        return bundle._replace(parts=parts)

    def _as_ones(self, runs: Iterable[tuple[Part, ...]]) -> Iterator[Part]:
        """Each run as one part."""
        for run in runs:
            if len(run) < 2 and not any(isinstance(part, Bundle) for part in run):
                yield from run
            else:
                page = self._page
                self._used[run] = self._composed.get(run) or Piece(ComposedRaster(run, page), 0, 0)
                yield self._used[run]


def _alike(parts: Sequence[Part], others: Sequence[Part]) -> int:
    """How many of the first are the same in both."""
    pairs = enumerate(zip(parts, others, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(parts), len(others)))


def _normal_runs(parts: Iterable[Part]) -> list[tuple[Part, ...]]:
    """`parts` with neighbors together as far as they may be laid over one another first."""
    runs: list[tuple[Part, ...]] = []
    joins = False
    for part in parts:
        normal = part.blend == "normal" and not (isinstance(part, Bundle) and part.pass_through)
        if normal and joins:
            runs[-1] = (*runs[-1], part)
        else:
            runs.append((part,))
        joins = normal
    return runs
