"""The job that makes display tiles of one picture, and what it tells."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QImage

from studio.app.canvas_tiles import TileKey, TileQueue
from studio.app.haste import Detail
from studio.app.lanes import Job, Work
from studio.app.layer_rendering import Composer, LayerForm, SteadyLevels
from studio.core.control import RunControl
from studio.core.document import Document
from studio.edits.render_cache import RenderCache

BATCH_SECONDS = 0.04  # tiles arrive together this often: a small change shows at once, not in parts


@dataclass(frozen=True)
class Batch:
    """What a job has made since its last event."""

    tiles: tuple[tuple[TileKey, QImage], ...]
    forms: Mapping[str, LayerForm]


@dataclass
class Task:
    """The job that runs, for which picture and how fine, and whether tiles have come from it."""

    job: Job[Batch]
    picture: Document
    made: int  # ordinal of the picture
    queue: TileQueue
    detail: Detail
    painting: bool = False
    overdue: bool = False


def paint(
    document: Document, cache: RenderCache, steady: SteadyLevels, detail: Detail, queue: TileQueue
) -> Work[Batch]:
    """Work that paints what the queue asks for, until it is empty. Runs in the lane."""

    def work(control: RunControl) -> Iterator[Batch]:
        composer = Composer(document, cache, control, steady, detail.fine_pixels)
        composer.parts(detail.level)
        yield Batch((), composer.take_forms())
        tiles: list[tuple[TileKey, QImage]] = []
        started = time.monotonic()
        while (key := queue.take()) is not None:
            control.check()
            tiles.append((key, composer.paint(key)))
            if time.monotonic() - started > BATCH_SECONDS:
                yield Batch(tuple(tiles), composer.take_forms())
                tiles.clear()
                started = time.monotonic()
        if tiles:
            yield Batch(tuple(tiles), composer.take_forms())

    return work
