"""Pictures of latent points: the model in memory, the one in view, and sheets of small ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.engine_host import EngineHost
from studio.app.lanes import Lane, LatestWins, Work
from studio.app.qimage import to_qimage
from studio.app.spoken import spoken_time
from studio.core.control import RunControl
from studio.core.explorer import ExplorerState
from studio.core.latent import LatentPoint
from studio.engine.api import Generator, ModelCard
from studio.project import library

VIEW_FIRST, SHEETS_AFTER = 10, 0  # priorities on the render lane
SHEET_ROW = 4  # pictures a batch: small enough that a drag need not wait for it
FLUENT_SECONDS = 0.025  # a model that is as quick as this needs no small pictures on the way

_Row: TypeAlias = list[tuple[int, LatentPoint, QImage]]  # place in the sheet, point, picture


class ModelMemory:
    """The loaded model: the newest one only. Used in the render lane."""

    def __init__(self, host: EngineHost) -> None:
        self._host = host
        self._path: Path | None = None
        self._generator: Generator | None = None

    def get(self, path: Path, *, anew: bool = False) -> Generator:
        """The model of a file; `anew` reads it again, because it is still being trained.

        Raises:
            StudioError: not a model file, or damaged.
        """
        if self._generator is None or path != self._path or anew:
            self._generator = self._host.get().load(path)
            self._path = path
        return self._generator

    def kept(self, path: Path) -> Generator:
        """The model as the library holds it; put there if it is not yet.

        Raises:
            StudioError: not a model file, or the disk refused.
        """
        card = self.get(path).card
        sha256 = card.sha256
        if library.find_model(sha256) is None:  # the file may have been written again since
            name = f"{card.dataset_name}, after {spoken_time(card.seconds)}"
            sha256 = library.add_model(path, name)
        return self.get(library.find_model(sha256) or path)


class PictureCache:
    """Pictures of one model by their points; the oldest are dropped. Used in the GUI thread."""

    def __init__(self, limit_bytes: int = 64 * 2**20) -> None:
        self._limit = limit_bytes
        self._pictures: dict[LatentPoint, QImage] = {}
        self._bytes = 0

    def get(self, point: LatentPoint) -> QImage | None:
        return self._pictures.get(point)

    def put(self, point: LatentPoint, picture: QImage) -> None:
        if point in self._pictures:
            return
        self._pictures[point] = picture
        self._bytes += picture.sizeInBytes()
        while self._bytes > self._limit:
            oldest = next(iter(self._pictures))
            self._bytes -= self._pictures.pop(oldest).sizeInBytes()

    def clear(self) -> None:
        self._pictures.clear()
        self._bytes = 0


class LivePicture(QObject):
    """The picture in view. Lives in the GUI thread; emits `changed()` when `image` is new.

    The newest request wins. A slow model shows a small picture at once and the whole one when
    there is time; one that is fluent shows whole ones only, so that nothing flickers.
    """

    changed = Signal()

    def __init__(
        self,
        memory: ModelMemory,
        lane: Lane,
        on_failed: Callable[[Exception], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.image: QImage | None = None
        self.shown: LatentPoint | None = None  # the point of `image`
        self._point: LatentPoint | None = None  # that was asked for last
        self._memory = memory
        self._on_failed = on_failed
        self._jobs: LatestWins[QImage] = LatestWins(lane, priority=VIEW_FIRST, steady=True)
        self._full_seconds = 1.0  # as last measured in the lane

    def show(self, model: Path, point: LatentPoint) -> None:
        """Show this point, if it is not the one in view."""
        if point == self._point:
            return
        self._point = point

        def work(control: RunControl) -> Iterator[QImage]:
            generator = self._memory.get(model)
            if self._full_seconds > FLUENT_SECONDS:
                half = generator.card.size // 2
                small = to_qimage(generator.sample([point], half, control)[0])
                yield small
                if small.width() == generator.card.width:  # the model cannot make smaller ones
                    return
            start = time.perf_counter()
            whole = to_qimage(generator.sample([point], None, control)[0])
            self._full_seconds = time.perf_counter() - start
            yield whole

        self._jobs.request(work, lambda image: self._take(image, point), on_failed=self._on_failed)

    def forget(self) -> None:
        """Another model comes: what is on its way is no longer wanted; the picture stays yet."""
        self._jobs.cancel()
        self._point = None

    def clear(self) -> None:
        self.forget()
        self._take(None, None)

    def _take(self, image: QImage | None, point: LatentPoint | None) -> None:
        self.image, self.shown = image, point
        self.changed.emit()


class PointSheet(QObject):
    """Some points and a picture of each, made a row at a time; what is known is not made again.

    Lives in the GUI thread; emits `changed()` when `pictures` has new ones. While only truncation
    or prompt change, the old pictures stay until the new ones are there. A failure is silent here:
    the picture in view fails in the same way and is told.
    """

    changed = Signal()

    def __init__(
        self,
        memory: ModelMemory,
        cache: PictureCache,
        lane: Lane,
        parent: QObject,
        size: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._size = size
        self.points: tuple[LatentPoint, ...] = ()
        self.pictures: list[QImage | None] = []
        self._memory = memory
        self._cache = cache
        self._stale = True
        self._jobs: LatestWins[_Row] = LatestWins(lane, priority=SHEETS_AFTER, steady=True)

    def show(self, model: Path, points: Sequence[LatentPoint]) -> None:
        """Show these points."""
        points = tuple(points)
        if points == self.points and not self._stale:
            return
        self._stale = False
        known = [self._cache.get(point) for point in points]
        self.pictures = [
            picture or self._stand_in(place, points[place]) for place, picture in enumerate(known)
        ]
        self.points = points
        self.changed.emit()
        missing = [(place, points[place]) for place, p in enumerate(known) if p is None]
        if missing:
            self._jobs.request(self._fill(model, missing), self._take)

    def forget(self) -> None:
        """Another model comes: what is on its way is no longer wanted; the pictures stay yet."""
        self._jobs.cancel()
        self._stale = True

    def clear(self) -> None:
        self.forget()
        self.points = ()
        self.pictures = []
        self.changed.emit()

    def _stand_in(self, place: int, point: LatentPoint) -> QImage | None:
        """The picture that was there, if it is of the same place."""
        if place < len(self.points) and _alike(self.points[place], point):
            return self.pictures[place]
        return None

    def _fill(self, model: Path, missing: Sequence[tuple[int, LatentPoint]]) -> Work[_Row]:
        def work(control: RunControl) -> Iterator[_Row]:
            for start in range(0, len(missing), SHEET_ROW):
                row = missing[start : start + SHEET_ROW]
                generator = self._memory.get(model)
                row = [spot for spot in row if _can_make(generator.card, spot[1])]
                images = generator.sample([point for _, point in row], self._size, control)
                yield [(*spot, to_qimage(image)) for spot, image in zip(row, images, strict=True)]

        return work

    def _take(self, row: _Row) -> None:
        """Pictures of an outdated request still serve, where they are of the same place."""
        for place, point, picture in row:
            self._cache.put(point, picture)
            if place < len(self.points) and _alike(self.points[place], point):
                self.pictures[place] = picture
        self.changed.emit()


class ExplorerPictures:
    """Every picture that the explorer shows. Lives in the GUI thread."""

    def __init__(
        self,
        memory: ModelMemory,
        lane: Lane,
        on_failed: Callable[[Exception], None],
        parent: QObject,
    ) -> None:
        self._memory = memory
        self._lane = lane
        self._parent = parent
        self._cache = PictureCache()
        self._small: list[PictureCache] = []
        self._sheets: list[PointSheet] = []
        self.live = LivePicture(memory, lane, on_failed, parent)
        self.grid = self.new_sheet()
        self.corners = self.new_sheet()
        self.ends = self.new_sheet()
        self.favorites = self.new_sheet()

    def new_sheet(self, size: int | None = None) -> PointSheet:
        """A sheet for whoever asks, emptied with the model.

        It shares what is known, unless `size` px are enough for it: those come sooner.
        """
        cache = self._cache if size is None else PictureCache()
        if size is not None:
            self._small.append(cache)
        sheet = PointSheet(self._memory, cache, self._lane, self._parent, size)
        self._sheets.append(sheet)
        return sheet

    def show(self, model: Path, state: ExplorerState) -> None:
        """Ask for what is not known yet, the picture in view first."""
        self.live.show(model, state.point)
        self.grid.show(model, state.grid)
        self.corners.show(model, state.shown_corners)
        self.ends.show(model, state.shown_picks)
        self.favorites.show(model, state.favorites)

    def forget(self) -> None:
        """Another model comes: make every picture again, and show the old ones until then."""
        for cache in (self._cache, *self._small):
            cache.clear()
        self.live.forget()
        for sheet in self._sheets:
            sheet.forget()

    def clear(self) -> None:
        """There is no model."""
        for cache in (self._cache, *self._small):
            cache.clear()
        self.live.clear()
        for sheet in self._sheets:
            sheet.clear()


def _alike(first: LatentPoint, second: LatentPoint) -> bool:
    """Whether they are of one place, however truncated, slid, and asked."""
    return _place(first) == _place(second)


def _place(point: LatentPoint) -> LatentPoint:
    return replace(point.with_truncation(0.0).with_prompt(""), slides=())


def _can_make(card: ModelCard, point: LatentPoint) -> bool:
    return point.fits(card.latent_dim) and point.asks_only_for(card.prompts)
