"""The project's own pictures: taken in, shown, taken in again with another crop."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane
from studio.app.notifications import Notifications
from studio.app.qimage import qimage_of_pixels8
from studio.core.control import RunControl
from studio.core.image import Pixels8, to_pixels8
from studio.engine.api import (
    ASPECTS,
    CROP_POLICIES,
    DATASET_FILE,
    Aspect,
    CropPolicy,
    DatasetInfo,
    DatasetProgress,
    DatasetReady,
    DatasetSpec,
    LeftOut,
    open_dataset,
    read_dataset,
)
from studio.errors import StudioError

# Pictures are kept at this side, so that any training size up to it needs no second decoding.
WORKING_SIZE = 256
THUMBNAIL = 64
THUMBNAILS_AT_ONCE = 64
BATCH_S = 0.1  # between two looks at how far taking in is


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far taking in is: files looked at, of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Framing:
    """What becomes of every picture. Shape and transparency None: as most of them are.

    `size` px is the largest that can be trained.
    """

    crop: CropPolicy = "center"
    aspect: Aspect | None = None
    alpha: bool | None = None
    size: int = WORKING_SIZE

    @classmethod
    def of(cls, info: DatasetInfo) -> Framing:
        """How these pictures were taken in."""
        return cls(info.crop, info.aspect, info.alpha, max(info.size, WORKING_SIZE))


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a person decided on single pictures: which are left out, which lose their bars."""

    exclude: tuple[LeftOut, ...] = ()
    trim: tuple[str, ...] = ()  # digests


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
    aspects: tuple[Aspect, ...] = ASPECTS

    def __init__(
        self, host: EngineHost, lane: Lane, notifications: Notifications, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._host = host
        self._lane = lane
        self._notifications = notifications
        self._folder: Path | None = None
        self._job: Job[object] | None = None
        self._sources: tuple[Path, ...] = ()
        self._building = False
        self._before: Treatment | None = None
        self.treatment = Treatment()
        self.framing = Framing()
        self.progress: ImportProgress | None = None
        self.info: DatasetInfo | None = None
        self.thumbnails: list[QImage] = []

    @property
    def busy(self) -> bool:
        return self._building

    def open(self, folder: Path) -> None:
        """Show the dataset of a project, if `folder` holds one; new ones are made there."""
        self._drop_job()
        self._folder = folder
        self._before = None
        self._show(self._read(folder))

    def close(self) -> None:
        self._drop_job()
        self._folder = None
        self._before = None
        self._show(None)

    def take_in(self, sources: Sequence[Path]) -> None:
        """Decode files and folders into the project's dataset, replacing what it held."""
        if self._folder is None:
            return
        self._drop_job()
        self._sources = tuple(dict.fromkeys(sources))
        self.thumbnails = []
        self.progress = None
        self._building = True
        self.busy_changed.emit(True)
        self.changed.emit()
        how, which = self.framing, self.treatment
        spec = DatasetSpec(
            self._sources,
            how.size,
            how.crop,
            how.aspect,
            how.alpha,
            exclude=which.exclude,
            trim=which.trim,
        )
        self._build(spec, self._folder)

    def add(self, sources: Sequence[Path]) -> None:
        """Take in more pictures beside those there are."""
        self.take_in([*self._sources, *sources])

    def reframe(self, framing: Framing) -> None:
        """Take the same pictures in again, cropped or shaped in another way."""
        if framing != self.framing:
            self.framing = framing
            if self._sources:
                self.take_in(self._sources)

    def leave_out(self, places: Iterable[int], reason: str) -> None:
        """Take in the others only; `reason` is a word for why these stay out."""
        out = tuple(LeftOut(digest, reason) for digest in self._digests(places))
        self._treat(replace(self.treatment, exclude=(*self.treatment.exclude, *out)))

    def trim(self, places: Iterable[int]) -> None:
        """Cut the bars off these."""
        trim = dict.fromkeys((*self.treatment.trim, *self._digests(places)))
        self._treat(replace(self.treatment, trim=tuple(trim)))

    def take_back(self, digests: Collection[str]) -> None:
        """Take pictures in again that were left out."""
        kept = tuple(item for item in self.treatment.exclude if item.digest not in digests)
        self._treat(replace(self.treatment, exclude=kept))

    @property
    def can_put_back(self) -> bool:
        return self._before is not None and self._before != self.treatment

    def put_back(self) -> None:
        """Undo the last of `leave_out`, `trim`, `take_back` and `put_back`."""
        if self._before is not None:
            self._treat(self._before)

    def _digests(self, places: Iterable[int]) -> list[str]:
        return [self.info.digests[place] for place in places] if self.info else []

    def _treat(self, treatment: Treatment) -> None:
        if treatment != self.treatment:
            self._before, self.treatment = self.treatment, treatment
            self.take_in(self._sources)

    def cancel(self) -> None:
        """Stop taking in; the pictures from before stay."""
        if self._building:
            self._drop_job()
            self._show(self.info)

    def _show(self, info: DatasetInfo | None) -> None:
        self.info = info
        self.thumbnails = []
        self._sources = tuple(Path(source) for source in info.sources) if info else ()
        self.framing = Framing.of(info) if info else Framing()
        self.treatment = Treatment(info.exclude, info.trim) if info else Treatment()
        self.changed.emit()
        if info is not None:
            self._load_thumbnails(info.folder)

    def _read(self, folder: Path) -> DatasetInfo | None:
        if not (folder / DATASET_FILE).exists():
            return None
        try:
            return read_dataset(folder)
        except StudioError as error:
            self._notifications.failed(error)
            return None

    def _drop_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if self._building:
            self._building = False
            self.busy_changed.emit(False)

    def _build(self, spec: DatasetSpec, folder: Path) -> None:
        def work(control: RunControl) -> Iterator[object]:
            yield from _in_batches(self._host.get().build_dataset(spec, folder, control))

        self._job = self._lane.submit(Job(work, on_event=self._take, on_failed=self._failed))

    def _take(self, event: object) -> None:
        if isinstance(event, DatasetReady):
            self._drop_job()
            self._show(event.info)
        elif isinstance(event, tuple):
            self.progress, thumbnails = event
            self.progressed.emit(self.progress)
            self._add_thumbnails(thumbnails)

    def _add_thumbnails(self, thumbnails: object) -> None:
        assert isinstance(thumbnails, list)
        first = len(self.thumbnails)
        self.thumbnails.extend(thumbnails)
        self.thumbnails_added.emit(first)

    def _failed(self, error: Exception) -> None:
        if self._building:
            self._drop_job()
            self._show(self.info)
        self._notifications.failed(error)

    def _load_thumbnails(self, folder: Path) -> None:
        def work(control: RunControl) -> Iterator[object]:
            _, pixels = open_dataset(folder)
            for start in range(0, len(pixels), THUMBNAILS_AT_ONCE):
                control.check()
                block = _shrink(np.asarray(pixels[start : start + THUMBNAILS_AT_ONCE]))
                yield [qimage_of_pixels8(item) for item in block]

        job = Job(work, on_event=self._add_thumbnails, on_failed=self._failed)
        self._job = self._lane.submit(job)


def _in_batches(events: Iterable[object]) -> Iterator[object]:
    """Progress at most every `BATCH_S`, each with the thumbnails since the one before.

    Every new thumbnail lays the grid out again: one by one that would fill the GUI thread.
    """
    thumbnails: list[QImage] = []
    due = 0.0
    for event in events:
        if not isinstance(event, DatasetProgress):
            yield event
            continue
        if event.thumbnail is not None:
            small = _shrink(to_pixels8(event.thumbnail)[None])[0]
            thumbnails.append(qimage_of_pixels8(small))
        if time.monotonic() >= due or event.done == event.total:
            yield ImportProgress(event.done, event.total), thumbnails
            thumbnails, due = [], time.monotonic() + BATCH_S


def _shrink(block: Pixels8) -> Pixels8:
    """``uint8 [N, H, W, C]`` to about `THUMBNAIL` px a side: means over square cells.

    What is clear has no color that counts.
    """
    n, height, width, channels = block.shape
    stride = max(1, height // THUMBNAIL)
    if stride == 1:
        return block
    cut = block[:, : height // stride * stride, : width // stride * stride]
    cells = cut.reshape(n, height // stride, stride, width // stride, stride, channels)
    if channels == 4:
        return _means_with_alpha(cells)
    means: Pixels8 = cells.mean(axis=(2, 4), dtype=np.float32).astype(np.uint8)
    return means


def _means_with_alpha(cells: Pixels8) -> Pixels8:
    alpha = cells[..., 3:].astype(np.float32)
    total = alpha.sum(axis=(2, 4))
    color = (cells[..., :3] * alpha).sum(axis=(2, 4)) / np.maximum(total, 1.0)
    area = cells.shape[2] * cells.shape[4]
    means: Pixels8 = np.concatenate([color, total / area], axis=-1).astype(np.uint8)
    return means
