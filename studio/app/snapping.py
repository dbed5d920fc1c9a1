"""Where things snap to: lines of a document, and the nearest of them. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from studio.core.guides import Guides
from studio.core.image import Rect


class Snap(NamedTuple):
    """How far to go to lie on a line, and which line that is; None: none is near."""

    by: float = 0.0
    line: float | None = None


@dataclass(frozen=True, slots=True)
class SnapLines:
    """Upright lines at `x`, level ones at `y`, in document px; a `grid` of 0 px is none."""

    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    grid: int = 0

    def snap_x(self, places: Sequence[float], within: float) -> Snap:
        """The shortest way on which one of `places` comes to an upright line."""
        return _nearest(places, self.x, self.grid, within)

    def snap_y(self, places: Sequence[float], within: float) -> Snap:
        return _nearest(places, self.y, self.grid, within)


def lines_of(page: Rect, guides: Guides, others: Iterable[Rect], grid: int = 0) -> SnapLines:
    """Edges and middles of the page and of other things, guides, and the grid."""
    rects = [page, *(rect for rect in others if not rect.is_empty)]
    x = {place for rect in rects for place in (rect.x, rect.x + rect.width / 2, rect.right)}
    y = {place for rect in rects for place in (rect.y, rect.y + rect.height / 2, rect.bottom)}
    return SnapLines((*guides.x, *sorted(x)), (*guides.y, *sorted(y)), grid)


def _nearest(places: Sequence[float], lines: Sequence[float], grid: int, within: float) -> Snap:
    """Lines win over the grid, which is everywhere."""
    ways = [(line - place, line) for place in places for line in lines]
    near = [way for way in ways if abs(way[0]) <= within]
    if not near and grid:
        on_grid = [(round(place / grid) * grid, place) for place in places]
        ways = [(float(line) - place, float(line)) for line, place in on_grid]
        near = [way for way in ways if abs(way[0]) <= within]
    return Snap(*min(near, key=lambda way: abs(way[0]))) if near else Snap()
