"""Pictures that edits made, kept for as long as there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeAlias

from studio.core.raster import Raster

# What makes a picture; of a layer its pixels, the level, and the steps so far. Rasters never
# change: identity is enough.
_Key: TypeAlias = Hashable


@dataclass(frozen=True, slots=True)
class Rendered:
    """A layer with its edits, at ``1 / 2**level`` of full size.

    `x`, `y` place the top-left corner, in px of that level. `problems` are sentences, one for each
    step that was left out because it failed.
    """

    raster: Raster
    x: float
    y: float
    problems: tuple[str, ...] = ()


class RenderCache:
    """Results of edit steps, the least recently used dropped first. Any thread may use it."""

    def __init__(self, limit_bytes: int = 512 * 2**20) -> None:
        self._limit = limit_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[_Key, Rendered] = OrderedDict()
        self._bytes = 0

    @property
    def nbytes(self) -> int:
        return self._bytes

    def get(self, key: _Key) -> Rendered | None:
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: _Key, value: Rendered) -> None:
        """Keep `value`, unless it alone is more than the limit."""
        if value.raster.nbytes > self._limit:
            return
        with self._lock:
            replaced = self._entries.pop(key, None)
            self._bytes += value.raster.nbytes - (replaced.raster.nbytes if replaced else 0)
            self._entries[key] = value
            while self._bytes > self._limit:
                _, dropped = self._entries.popitem(last=False)
                self._bytes -= dropped.raster.nbytes


def kept(cache: RenderCache | None, key: _Key, make: Callable[[], Rendered]) -> Rendered:
    """What `cache` has for `key`; else what `make` makes, which it then keeps."""
    found = None if cache is None else cache.get(key)
    if found is None:
        found = make()
        if cache is not None:
            cache.put(key, found)
    return found
