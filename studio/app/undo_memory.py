"""Undo without an end to memory: the older steps' tiles go to the disk, and come back when read."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer

from studio.app.lanes import Job, Lane, once
from studio.core.change import DocumentChange
from studio.core.document import Document
from studio.core.raster import Raster, Tile
from studio.core.tile_files import TileFiles

if TYPE_CHECKING:
    from studio.app.document_session import DocumentCommand, DocumentSession

log = logging.getLogger(__name__)

KEPT_BYTES = 256 * 2**20  # of tiles that only the history has
NEAR = 3  # steps around the current one that stay in memory
PAUSE_MS = 300  # after the last step: nobody waits for this


class UndoMemory(QObject):
    """Watches the undo stack; lives in the GUI thread, writes in `lane`."""

    def __init__(
        self, documents: DocumentSession, files: TileFiles, lane: Lane, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._files = files
        self._lane = lane
        self._writing = False
        self._new_bytes = 0  # that came with steps since the history was looked through
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.look)
        documents.changed.connect(self._count)

    def sweep(self) -> None:
        """Remove what a killed process left."""
        self._lane.submit(Job(once(lambda _control: self._files.sweep())))

    def close(self) -> None:
        """Look no more: the lane ends."""
        self._pause.stop()
        self._documents.changed.disconnect(self._count)

    def look(self) -> None:
        """Put tiles on the disk if the history alone has too many."""
        if self._writing or self._new_bytes < KEPT_BYTES // 2:
            return
        self._new_bytes = 0
        rasters = list(_unique(self._rasters()))
        near = {id(tile) for raster in self._near_rasters() for tile in raster.tiles_of_all_sizes()}
        far = _far_tiles(rasters, near)
        if sum(tile.nbytes for tile in far) > KEPT_BYTES:
            self._write(far, rasters)

    def _write(self, tiles: list[Tile], rasters: list[Raster]) -> None:
        self._writing = True

        def take(mapped: list[Tile]) -> None:
            same = {id(tile): other for tile, other in zip(tiles, mapped, strict=True)}
            for raster in rasters:
                raster.exchange_tiles(same)

        def ended() -> None:
            self._writing = False

        def failed(error: Exception) -> None:
            log.warning("Undo stays in memory: %s", error)
            ended()

        work = once(lambda _control: self._files.put(tiles))
        self._lane.submit(Job(work, on_event=take, on_done=ended, on_failed=failed))

    def _count(self, change: DocumentChange) -> None:
        before = {id(raster): raster for raster in rasters_of(change.before)}
        added = [raster for raster in rasters_of(change.after) if id(raster) not in before]
        if not added:
            return
        old = {id(tile) for raster in before.values() for tile in raster.tiles_of_all_sizes()}
        tiles = (tile for raster in added for tile in raster.tiles_of_all_sizes())
        self._new_bytes += sum(tile.nbytes for tile in tiles if id(tile) not in old)
        self._pause.start()

    def _commands(self) -> list[DocumentCommand]:
        stack = self._documents.undo_stack
        return [cast("DocumentCommand", stack.command(at)) for at in range(stack.count())]

    def _rasters(self) -> Iterator[Raster]:
        """All of the history, from the beginning."""
        for command in self._commands():
            yield from rasters_of(command.before)
            yield from rasters_of(command.after)

    def _near_rasters(self) -> Iterator[Raster]:
        here = self._documents.undo_stack.index()
        for command in self._commands()[max(0, here - NEAR) : here + NEAR]:
            yield from rasters_of(command.before)
            yield from rasters_of(command.after)
        yield from rasters_of(self._documents.document)


def rasters_of(document: Document) -> Iterator[Raster]:
    """Everything in a document that has pixels."""
    for layer in document.layers:
        yield layer.raster
        if layer.mask is not None:
            yield layer.mask
        yield from (step.mask for step in layer.edits if step.mask is not None)
    if document.selection is not None:
        yield document.selection
    yield from (saved.raster for saved in document.saved_selections)


def _unique(rasters: Iterable[Raster]) -> Iterable[Raster]:
    return {id(raster): raster for raster in rasters}.values()


def _far_tiles(rasters: Iterable[Raster], near: set[int]) -> list[Tile]:
    """Tiles in memory that no near step has; one on the disk does not own its pixels."""
    tiles = (tile for raster in rasters for tile in raster.tiles_of_all_sizes())
    far = {id(tile): tile for tile in tiles if tile.flags.owndata and id(tile) not in near}
    return list(far.values())
