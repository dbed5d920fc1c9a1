"""Display tiles: where they lie, which are kept, and which are still to be made."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from studio.core.image import Rect

DISPLAY_TILE = 256  # px at the tile's level


class TileKey(NamedTuple):
    """A square of the document at ``1 / 2**level`` of its size."""

    level: int
    column: int
    row: int

    @property
    def level_rect(self) -> Rect:
        """In px of its level, not yet cut at the document's edge."""
        return Rect(self.column * DISPLAY_TILE, self.row * DISPLAY_TILE, DISPLAY_TILE, DISPLAY_TILE)

    @property
    def rect(self) -> Rect:
        """In document px."""
        return enlarged(self.level_rect, self.level)

    def may_show(self, rect: Rect) -> bool:
        """Whether a document rectangle touches the tile; asked of all tiles, for every dab."""
        # Rounding places layers up to one px of a coarse level away.
        margin = 1 << self.level if self.level else 0
        side = DISPLAY_TILE << self.level
        left, top = self.column * side - margin, self.row * side - margin
        reach = side + 2 * margin
        across = max(left, rect.x) < min(left + reach, rect.right)
        return across and max(top, rect.y) < min(top + reach, rect.bottom)


def enlarged(rect: Rect, level: int) -> Rect:
    """A rectangle of a level in document px."""
    return Rect(rect.x << level, rect.y << level, rect.width << level, rect.height << level)


def reduced(rect: Rect, level: int) -> Rect:
    """The smallest rectangle in px of a level that covers a document rectangle."""
    return Rect.from_edges(
        rect.x >> level,
        rect.y >> level,
        -(-rect.right >> level),
        -(-rect.bottom >> level),
    )


def keys_in(level: int, region: Rect) -> Iterator[TileKey]:
    """The tiles of a level that touch a region of the document, row by row."""
    area = reduced(region, level)
    if area.is_empty:
        return
    for row in range(area.y // DISPLAY_TILE, (area.bottom - 1) // DISPLAY_TILE + 1):
        for column in range(area.x // DISPLAY_TILE, (area.right - 1) // DISPLAY_TILE + 1):
            yield TileKey(level, column, row)


def overview_level(document: Rect) -> int:
    """The finest level at which the whole document fits into two by two tiles."""
    level = 0
    while max(document.width, document.height) >> level > 2 * DISPLAY_TILE:
        level += 1
    return level


@dataclass
class _Kept:
    image: QImage
    made: int  # ordinal of the document that it shows
    stale: bool

    @property
    def newness(self) -> float:
        """What is not stale shows the newest document, whenever it was made."""
        return self.made if self.stale else math.inf


class TileStore:
    """The tiles at hand, least recently used first, at most `limit` bytes. GUI thread only.

    A stale tile shows an older document, or a draft; it is kept until its successor arrives.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._tiles: OrderedDict[TileKey, _Kept] = OrderedDict()
        self._bytes = 0

    @property
    def nbytes(self) -> int:
        return self._bytes

    def __len__(self) -> int:
        return len(self._tiles)

    def get(self, key: TileKey) -> QImage | None:
        kept = self._tiles.get(key)
        if kept is None:
            return None
        self._tiles.move_to_end(key)
        return kept.image

    def put(self, key: TileKey, image: QImage, made: int, *, stale: bool = False) -> None:
        self._drop(key)
        self._tiles[key] = _Kept(image, made, stale)
        self._bytes += image.sizeInBytes()
        while self._bytes > self.limit and len(self._tiles) > 1:
            self._drop(next(iter(self._tiles)))

    def is_fresh(self, key: TileKey, made: int | None = None) -> bool:
        """Whether the tile shows the newest document; one of the ordinal `made` will do as well."""
        kept = self._tiles.get(key)
        return kept is not None and (not kept.stale or kept.made == made)

    def mark_stale(self, rect: Rect) -> None:
        """`rect` of the document has changed, at all levels."""
        for key, kept in self._tiles.items():
            kept.stale = kept.stale or key.may_show(rect)

    def clear(self) -> None:
        self._tiles.clear()
        self._bytes = 0

    def best(self, key: TileKey, coarsest: int) -> tuple[QImage, QRectF] | None:
        """The newest image of a tile, the tile itself or a coarser one, and the part to show."""
        found, newest = key, -1.0
        for level in range(key.level, coarsest + 1):
            step = level - key.level
            candidate = TileKey(level, key.column >> step, key.row >> step)
            kept = self._tiles.get(candidate)
            if kept is not None and kept.newness > newest:
                found, newest = candidate, kept.newness
        image = self.get(found)
        return None if image is None else (image, _part(found, key, image))

    def _drop(self, key: TileKey) -> None:
        kept = self._tiles.pop(key, None)
        if kept is not None:
            self._bytes -= kept.image.sizeInBytes()


def _part(coarse: TileKey, key: TileKey, image: QImage) -> QRectF:
    """Where `key` lies in the image of a coarser tile, in its px."""
    step = coarse.level - key.level
    side = DISPLAY_TILE / (1 << step)
    x = key.column * side - coarse.column * DISPLAY_TILE
    y = key.row * side - coarse.row * DISPLAY_TILE
    return QRectF(x, y, side, side).intersected(QRectF(image.rect()))


class TileQueue:
    """What one job still has to make; the GUI thread refills it while the lane takes from it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: list[TileKey] = []
        self._taken: set[TileKey] = set()

    def refill(self, keys: Sequence[TileKey]) -> None:
        """Replace what is waiting, first things first; what was taken is not made twice."""
        with self._lock:
            self._keys = [key for key in reversed(keys) if key not in self._taken]

    def take(self) -> TileKey | None:
        with self._lock:
            if not self._keys:
                return None
            key = self._keys.pop()
            self._taken.add(key)
            return key
