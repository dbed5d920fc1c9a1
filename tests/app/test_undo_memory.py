"""Undo keeps little in memory, and brings every stroke back bit for bit."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from studio.app import undo_memory
from studio.app.document_session import DocumentSession
from studio.app.lanes import Lane
from studio.app.undo_memory import UndoMemory
from studio.core.document import Document, Layer
from studio.core.painting.dabs import Dab
from studio.core.painting.inks import color_ink
from studio.core.painting.stroke import Stroke
from studio.core.raster import Raster
from studio.core.tile_files import TileFiles


def digest(session: DocumentSession) -> str:
    return hashlib.sha256(session.document.layer("page").raster.pixels8().tobytes()).hexdigest()


def in_memory(session: DocumentSession) -> int:
    """Bytes of tiles in memory, the history's and the document's."""
    stack = session.undo_stack
    sides = [side for i in range(stack.count()) for side in vars(stack.command(i)).values()]
    documents = [side for side in sides if isinstance(side, Document)]
    tiles = {
        id(tile): tile
        for document in documents
        for raster in undo_memory.rasters_of(document)
        for tile in raster.tiles_of_all_sizes()
    }
    return sum(tile.nbytes for tile in tiles.values() if tile.flags.owndata)


def test_older_strokes_go_to_the_disk_and_come_back(qtbot, tmp_path, monkeypatch) -> None:
    limit = 4 * 2**20
    monkeypatch.setattr(undo_memory, "KEPT_BYTES", limit)
    monkeypatch.setattr(undo_memory, "PAUSE_MS", 0)
    lane, session = Lane("io"), DocumentSession()
    pixels = np.random.default_rng(0).integers(0, 256, (1024, 1024, 4), dtype=np.uint8)
    session.reset(Document(1024, 1024, (Layer(Raster.from_pixels8(pixels), id="page"),)), "page")
    memory = UndoMemory(session, TileFiles(tmp_path), lane, session)
    digests = [digest(session)]
    for number in range(40):
        layer = session.document.layer("page")
        stroke = Stroke(layer.raster, color_ink((1, 0, 0)))
        middle = 60.0 + number * 23
        stroke.add([Dab(middle, middle, 80.0, 1.0), Dab(1000 - middle, middle, 80.0, 1.0)])
        painted = replace(layer, raster=stroke.raster)
        session.commit(session.document.update_layer("page", lambda _, p=painted: p), "Stroke")
        digests.append(digest(session))
        memory.look()
        qtbot.waitUntil(lambda: not lane.busy)
    assert list(tmp_path.iterdir())
    assert in_memory(session) < 4 * limit
    for expected in reversed(digests[:-1]):
        session.undo_stack.undo()
        assert digest(session) == expected
    for expected in digests[1:]:
        session.undo_stack.redo()
        assert digest(session) == expected
    session.undo_stack.clear()
    lane.close()
