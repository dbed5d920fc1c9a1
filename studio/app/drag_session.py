"""Dragging points of the picture in view: handles and targets, what may move, and the search."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.lanes import Job, Lane
from studio.app.latent_pictures import SHEETS_AFTER
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.app.qimage import to_qimage
from studio.core.control import RunControl
from studio.core.region_mask import EMPTY, Move, Spot, stroke
from studio.engine.api import Dragged, DragTask

_GRASP = 0.06  # how near a click has to be to a point to mean it, in picture sides


class DragSession(QObject):
    """Lives in the GUI thread; emits `changed()` when anything below is new.

    `moves` lead from handles to their targets; `handles` are where they have come during a search,
    `picture` what it looks like then. Only the end of a search is a step of the history.
    """

    changed = Signal()

    def __init__(self, latent: LatentSession, lane: Lane, notifications: Notifications) -> None:
        super().__init__(latent)
        self._latent = latent
        self._lane = lane
        self._notifications = notifications
        self._job: Job[Dragged] | None = None
        self._reached: Dragged | None = None
        self.moves: tuple[Move, ...] = ()
        self.free: bytes | None = None  # the mask of what may move; None for everything
        self.progress: float | None = None  # of a search
        self.picture: QImage | None = None
        latent.model_changed.connect(self._follow)

    @property
    def handles(self) -> tuple[Spot, ...]:
        if self._reached is not None:
            return self._reached.handles
        return tuple(move[0] for move in self.moves)

    # --- What shall move ---

    def add(self, move: Move) -> None:
        """Another point, and where to."""
        self.moves = (*self.moves, move)
        self.changed.emit()

    def remove_at(self, spot: Spot) -> None:
        """Take away the point whose handle or target is at a spot."""
        near = (m for m in self.moves if min(math.dist(spot, end) for end in m) <= _GRASP)
        gone = next(near, None)
        if gone is not None:
            self.moves = tuple(move for move in self.moves if move is not gone)
            self.changed.emit()

    def clear(self) -> None:
        """No points, and everything may move."""
        self.moves, self.free = (), None
        self.changed.emit()

    def paint_free(self, ends: Move, radius: float, *, add: bool = True) -> None:
        """Put a stroke into what may move, or take one out."""
        card = self._latent.card
        if card is not None:
            before = self.free or EMPTY
            self.free = stroke(before, ends, radius, card.height / card.width, add)
            self.changed.emit()

    # --- The search ---

    def start(self) -> None:
        card = self._latent.card
        if card is None or not self.moves or self.progress is not None:
            return
        task, path = DragTask(self._latent.state.point, self.moves, self.free), card.path

        def work(control: RunControl) -> Iterator[Dragged]:
            yield from self._latent.memory.get(path).drag(task, control)

        job = Job(
            work,
            on_event=self._near,
            on_done=self.stop,
            on_failed=self._failed,
            priority=SHEETS_AFTER,
        )
        self.progress = 0.0
        self._job = self._lane.submit(job)
        self.changed.emit()

    def stop(self) -> None:
        """End the search and keep what was reached, as a step of the history."""
        reached = self._reached
        self.cancel()
        if reached is not None:
            self.moves = ()
            point = reached.point
            self._latent.change("Drag points", point=point, truncation=point.truncation)
            self.changed.emit()

    def cancel(self) -> None:
        """End the search; the picture is as it was."""
        if self._job is not None:
            self._job.cancel()
        self._job = self._reached = self.progress = self.picture = None
        self.changed.emit()

    def _near(self, reached: Dragged) -> None:
        self._reached, self.progress = reached, reached.share
        self.picture = to_qimage(reached.image)
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self.cancel()
        self._notifications.failed(error)

    def _follow(self) -> None:
        """Another model: its pictures have other points."""
        card, job = self._latent.card, self._job
        if card is None or job is not None or self.moves:
            self.cancel()
            self.clear()
