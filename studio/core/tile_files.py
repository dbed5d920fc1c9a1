"""Tiles that are rarely read, in files: mapped, so that the system reads them when they are."""

from __future__ import annotations

import mmap
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from studio.core.files import sweep_stale_temps, temp_beside, told_as_studio_error
from studio.core.raster import Tile

_ALIGNED = 64  # bytes


class TileFiles:
    """Keeps tiles in temporary files of `folder`; a file goes when nobody holds its tiles any more.

    What a killed process left behind is removed by the next one. Any thread may call any method.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sweep(self) -> None:
        """Remove the files of processes that ended without doing so."""
        if self._folder.is_dir():
            sweep_stale_temps(self._folder)

    def put(self, tiles: Sequence[Tile]) -> list[Tile]:
        """The same pixels in the same order, read-only, on disk.

        Raises:
            StudioError: the disk refused.
        """
        if not tiles:
            return []
        starts = np.cumsum([0, *(-(-tile.nbytes // _ALIGNED) * _ALIGNED for tile in tiles)])
        with told_as_studio_error("Older undo steps could not be put on the disk"):
            self._folder.mkdir(parents=True, exist_ok=True)
            path = temp_beside(self._folder / "tiles")
            try:
                mapped = _written(path, tiles, starts.tolist())
            except OSError:
                path.unlink(missing_ok=True)
                raise
        weakref.finalize(mapped, path.unlink, missing_ok=True)
        return [
            np.frombuffer(mapped, tile.dtype, tile.size, start).reshape(tile.shape)
            for tile, start in zip(tiles, starts.tolist(), strict=False)
        ]


def _written(path: Path, tiles: Sequence[Tile], starts: Sequence[int]) -> mmap.mmap:
    with path.open("x+b") as file:
        file.truncate(starts[-1])
        for tile, start in zip(tiles, starts, strict=False):
            file.seek(start)
            file.write(np.ascontiguousarray(tile).data)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
