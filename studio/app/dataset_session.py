"""The project's own pictures: taken in, shown, taken in again with another crop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane
from studio.app.notifications import Notifications
from studio.app.qimage import qimage_of_pixels8, to_qimage
from studio.core.control import RunControl
from studio.engine.api import (
    CROP_POLICIES,
    CropPolicy,
    DatasetInfo,
    DatasetProgress,
    DatasetReady,
    DatasetSpec,
    read_dataset,
)

# Pictures are kept at this side, so that any training size up to it needs no second decoding.
WORKING_SIZE = 256
THUMBNAIL = 64
THUMBNAILS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far taking in is: files looked at, of how many."""

    done: int
    total: int


class DatasetSession(QObject):
    """Owns the project's `DatasetInfo` and its thumbnails.

    Lives in the GUI thread. Emits `changed()` when the dataset is another one (or none),
    `progressed(ImportProgress)` while pictures are taken in, `thumbnails_added(int)` with the
    index of the first new one, `busy_changed(bool)`.
    """

    changed = Signal()
    progressed = Signal(ImportProgress)
    thumbnails_added = Signal(int)
    busy_changed = Signal(bool)

    crop_policies: tuple[CropPolicy, ...] = CROP_POLICIES

    def __init__(
        self, host: EngineHost, lane: Lane, notifications: Notifications, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._host = host
        self._lane = lane
        self._notifications = notifications
        self._folder: Path | None = None
        self._job: Job[object] | None = None
        self._building = False
        self.info: DatasetInfo | None = None
        self.thumbnails: list[QImage] = []

    @property
    def busy(self) -> bool:
        return self._building

    def open(self, folder: Path) -> None:
        """Show the dataset of a project, if `folder` holds one; new ones are made there."""
        self.cancel()
        self._folder = folder
        self.info = read_dataset(folder) if (folder / "dataset.json").exists() else None
        self.thumbnails = []
        self.changed.emit()
        if self.info is not None:
            self._load_thumbnails(self.info)

    def close(self) -> None:
        self.cancel()
        self._folder = None
        self.info = None
        self.thumbnails = []
        self.changed.emit()

    def take_in(self, sources: Sequence[Path], crop: CropPolicy = "center") -> None:
        """Decode files and folders into the project's dataset, replacing what it held."""
        if self._folder is None:
            return
        self.cancel()
        spec = DatasetSpec(tuple(sources), WORKING_SIZE, crop)
        folder = self._folder
        self.thumbnails = []
        self._set_building(True)
        self.changed.emit()

        def work(control: RunControl) -> Iterator[object]:
            for event in self._host.get().build_dataset(spec, folder, control):
                yield _with_thumbnail(event) if isinstance(event, DatasetProgress) else event

        self._job = self._lane.submit(Job(work, on_event=self._take, on_failed=self._failed))

    def add(self, sources: Sequence[Path]) -> None:
        """Take in more pictures beside those there are."""
        known = [Path(source) for source in self.info.sources] if self.info else []
        self.take_in([*known, *sources], self.info.crop if self.info else "center")

    def set_crop(self, crop: CropPolicy) -> None:
        """Take the same pictures in again with another crop policy."""
        if self.info is not None and crop != self.info.crop:
            self.take_in([Path(source) for source in self.info.sources], crop)

    def cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._set_building(False)

    def _take(self, event: object) -> None:
        if isinstance(event, DatasetReady):
            self.info = event.info
            self._set_building(False)
            self.thumbnails = []
            self.changed.emit()
            self._load_thumbnails(event.info)
        elif isinstance(event, tuple):
            progress, thumbnail = event
            self.progressed.emit(progress)
            if thumbnail is not None:
                self._add_thumbnails([thumbnail])

    def _add_thumbnails(self, thumbnails: object) -> None:
        assert isinstance(thumbnails, list)
        first = len(self.thumbnails)
        self.thumbnails.extend(thumbnails)
        self.thumbnails_added.emit(first)

    def _failed(self, error: Exception) -> None:
        self._set_building(False)
        self.changed.emit()
        self._notifications.failed(error)

    def _set_building(self, building: bool) -> None:
        if building != self._building:
            self._building = building
            self.busy_changed.emit(building)

    def _load_thumbnails(self, info: DatasetInfo) -> None:
        def work(_control: RunControl) -> Iterator[object]:
            shape = (info.count, info.size, info.size, info.channels)
            pixels = np.memmap(info.folder / "images.u8", np.uint8, "r", shape=shape)
            stride = max(1, info.size // THUMBNAIL)
            for start in range(0, info.count, THUMBNAILS_AT_ONCE):
                block = _shrink(np.asarray(pixels[start : start + THUMBNAILS_AT_ONCE]), stride)
                yield [qimage_of_pixels8(item) for item in block]

        job = Job(work, on_event=self._add_thumbnails, on_failed=self._failed)
        self._job = self._lane.submit(job)


def _with_thumbnail(event: DatasetProgress) -> tuple[ImportProgress, QImage | None]:
    image = event.thumbnail
    thumbnail = None
    if image is not None:
        stride = max(1, image.shape[0] // THUMBNAIL)
        thumbnail = to_qimage(image[::stride, ::stride])
    return ImportProgress(event.done, event.total), thumbnail


def _shrink(block: NDArray[np.uint8], stride: int) -> NDArray[np.uint8]:
    """Mean over `stride` by `stride` blocks: ``[N, H, W, C]`` to ``[N, H/s, W/s, C]`` uint8."""
    n, height, width, channels = block.shape
    cut = block[:, : height // stride * stride, : width // stride * stride]
    cells = cut.reshape(n, height // stride, stride, width // stride, stride, channels)
    return cells.mean(axis=(2, 4)).astype(np.uint8)
