"""A batch of pictures being edited in the background, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.app.lanes import Job, Lane, once
from studio.app.notifications import Notifications
from studio.codec.read import PICTURE_SUFFIXES
from studio.codec.write import WriteOptions
from studio.core.control import RunControl
from studio.core.document import EditStep
from studio.core.files import sha256_of
from studio.edits.batch import WORKERS, Batch, BatchProgress, run_batch

if TYPE_CHECKING:
    from studio.engine.api import DatasetInfo


class BatchSession(QObject):
    """One batch at a time. Lives in the GUI thread, works in `lane` and threads of its own.

    Emits `changed()` when it starts, goes on or ends. `progress` is the last file, `problems` are
    sentences, one for each file that was left out.
    """

    changed = Signal()

    def __init__(self, lane: Lane, notifications: Notifications, parent: QObject) -> None:
        super().__init__(parent)
        self._lane = lane
        self._notifications = notifications
        self._job: Job[BatchProgress] | None = None
        self.into = Path()
        self.progress: BatchProgress | None = None
        self.problems: list[str] = []

    @property
    def running(self) -> bool:
        return self._job is not None

    def start(
        self,
        sources: Iterable[Path],
        steps: Iterable[EditStep],
        into: Path,
        suffix: str = "",
        quality: int = 92,
    ) -> None:
        """Edit files, and folders with all in them; `suffix` is the format, ``""`` their own."""
        if self.running:
            return
        options = WriteOptions(quality=quality)
        batch = Batch(tuple(sources), tuple(steps), into, suffix, options)
        self.into, self.progress, self.problems = into, None, []
        self._job = self._lane.submit(
            Job(
                # One core stays with the window.
                lambda control: run_batch(batch, control, max(1, WORKERS - 1)),
                on_event=self._take,
                on_done=self._finish,
                on_failed=self._fail,
                heard_after_cancel=True,
            )
        )
        self.changed.emit()

    def cancel(self) -> None:
        """Stop after the pictures at hand; those that are done stay."""
        if self._job is not None:
            self._job.cancel()

    def find_images(
        self, info: DatasetInfo, places: Iterable[int], show: Callable[[tuple[Path, ...]], None]
    ) -> None:
        """Look for the files that some of a data set's images were made from."""
        digests = {info.digests[place] for place in places if place < len(info.digests)}
        names = {info.names[place] for place in places}

        def work(_control: RunControl) -> tuple[Path, ...]:
            files = (file for file in _files_of(info.sources) if file.name in names)
            return tuple(file for file in files if not digests or sha256_of(file) in digests)

        self._lane.submit(Job(once(work), on_event=show, on_failed=self._notifications.failed))

    def _take(self, progress: BatchProgress) -> None:
        self.progress = progress
        if progress.problem:
            self.problems.append(progress.problem)
        self.changed.emit()

    def _finish(self) -> None:
        self._job = None
        progress, left_out = self.progress, len(self.problems)
        done = (progress.done if progress else 0) - left_out
        pictures = "picture" if done == 1 else "pictures"
        told = f" {left_out} could not be." if left_out else ""
        self._notifications.post(
            f"{done} {pictures} edited.{told}",
            f"They are in {self.into}.",
            "attention" if left_out else "good",
        )
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self._job = None
        self.problems.append(str(error))
        self.changed.emit()
        self._notifications.failed(error)


def _files_of(sources: Iterable[str]) -> Iterable[Path]:
    for source in map(Path, sources):
        inside = source.rglob("*") if source.is_dir() else (source,)
        yield from (file for file in inside if file.suffix.lower() in PICTURE_SUFFIXES)
