"""From a picture to the latent that reproduces it: at once, or by a search that can be watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.exchange import told_point
from studio.app.lanes import Job, Lane, once
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.app.qimage import to_qimage
from studio.codec.read import read_image
from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.engine.api import Inverted

_BEHIND_SHEETS = -1  # priority on the render lane: whoever looks around meanwhile goes first
_REACHED = 0.8  # likeness below which a person is told that the model cannot make such pictures


class InversionSession(QObject):
    """One search at a time in the model in view. Lives in the GUI thread.

    Emits `changed()` when `progress` or `picture` are new, and `found()` at the end, when the
    explorer has been taken to the latent.
    """

    changed = Signal()
    found = Signal()

    def __init__(self, latent: LatentSession, lane: Lane, notifications: Notifications) -> None:
        super().__init__(latent)
        self._latent = latent
        self._lane = lane
        self._notifications = notifications
        self._job: Job[Inverted] | None = None
        self._best: Inverted | None = None
        self.progress: float | None = None  # None while nothing is searched for
        self.picture: QImage | None = None  # how near it is
        latent.model_changed.connect(self._follow)

    def start_from(self, render: Callable[[RunControl], Image]) -> None:
        """Look for a picture (a layer as it looks now); the explorer then starts from there."""
        card = self._latent.card
        if card is None or self.progress is not None:
            return
        path = card.path

        def work(control: RunControl) -> Iterator[Inverted]:
            yield from self._latent.memory.get(path).invert(render(control), control)

        job = Job(
            work,
            on_event=self._near,
            on_done=self._arrive,
            on_failed=self._failed,
            priority=_BEHIND_SHEETS,
        )
        self._best, self.progress = None, 0.0
        self._job = self._lane.submit(job)
        self.changed.emit()

    def start_from_file(self, file: Path) -> None:
        """Look for a picture on the disk; one whose recipe tells its latent is gone to at once."""

        def go(told: tuple[str, LatentPoint] | None) -> None:
            if told is None:
                self.start_from(lambda _control: read_image(file))
                return
            self._latent.pick(told[1], told[0])
            self.found.emit()

        work = once(lambda _control: told_point(file))
        self._lane.submit(Job(work, on_event=go, on_failed=self._notifications.failed))

    def cancel(self) -> None:
        """End the search; the explorer stays where it is."""
        if self._job is not None:
            self._job.cancel()
        self._end()

    def _near(self, near: Inverted) -> None:
        self.progress = near.share
        if near.image is not None:
            self._best, self.picture = near, to_qimage(near.image)
        self.changed.emit()

    def _arrive(self) -> None:
        best = self._best
        self._end()
        if best is None or best.point is None:
            return
        self._start_at(best.point.asked(self._latent.state.prompt))
        if best.likeness < _REACHED:
            self._notifications.post(
                f"The model comes only {best.likeness:.0%} near to this picture.",
                "It has not learned from pictures like it. Steer on from here, or train it longer.",
                "attention",
            )
        self.found.emit()

    def _start_at(self, point: LatentPoint) -> None:
        self._latent.change(
            "Start from a picture",
            point=point,
            truncation=point.truncation,
            corners=(point, *self._latent.state.corners[1:]),
            pad=(0.0, 0.0),
        )

    def _failed(self, error: Exception) -> None:
        self._end()
        self._notifications.failed(error)

    def _end(self) -> None:
        self._job = self.progress = self.picture = None
        self.changed.emit()

    def _follow(self) -> None:
        """Another model: what is searched for in the old one is no longer wanted."""
        if self._job is not None:
            self.cancel()
