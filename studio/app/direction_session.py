"""The sliders of the model in view: searched for in the background, taught, named, kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane, once
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.core.control import RunControl
from studio.core.direction import Direction
from studio.core.latent import LatentPoint
from studio.core.steering import LevelRange
from studio.engine.api import DirectionsFound, ModelCard
from studio.project.directions import read_directions, write_directions


class DirectionSession(QObject):
    """Owns the directions of `LatentSession.card`. Lives in the GUI thread.

    They belong to the model, not to a document: they are kept beside it in the library. Emits
    `changed()` when `directions` or `progress` are new, and `marked()` when `marks` are.
    """

    changed = Signal()
    marked = Signal()

    def __init__(
        self, host: EngineHost, lane: Lane, latent: LatentSession, notifications: Notifications
    ) -> None:
        super().__init__(latent)
        self._host = host
        self._lane = lane
        self._latent = latent
        self._notifications = notifications
        self._search: Job[DirectionsFound] | None = None
        self._card: ModelCard | None = None
        self._searched: Path | None = None  # the model that was searched without being asked
        self.directions: tuple[Direction, ...] = ()
        self.gone: Direction | None = None  # the last one that was removed
        self.progress: float | None = None  # of a search
        self.known = False  # whether it was looked up what is kept of the model
        self.marks: dict[LatentPoint, bool] = {}  # examples of a slider to teach: True for more
        latent.model_changed.connect(self._follow)

    def direction(self, direction_id: str) -> Direction | None:
        return next((each for each in self.directions if each.id == direction_id), None)

    # --- The model comes and goes ---

    def _follow(self) -> None:
        card = self._latent.card
        if card is None:
            return
        if self._card is not None and card.path == self._card.path:
            self._card = card  # it has learned on: its sliders still do about the same
            return
        self.cancel()
        self._card, self.known, self.directions, self.gone = card, False, (), None
        self.clear_marks()
        self.changed.emit()

        def show(found: tuple[Direction, ...]) -> None:
            if self._card is card:
                self.directions, self.known = found, True
                self.changed.emit()

        self._run(lambda _control: read_directions(card.sha256), show)

    # --- Searching ---

    def ensure(self) -> None:
        """Search, unless directions are known; once for each model."""
        path = None if self._card is None else self._card.path
        if self.known and not self.directions and path != self._searched:
            self._searched = path
            self.search()

    def search(self) -> None:
        """Find directions anew; taught ones, and the names and levels of others, stay."""
        card = self._card
        if card is None:
            return
        self.cancel()

        def work(control: RunControl) -> Iterator[DirectionsFound]:
            yield from self._host.get().load(card.path).directions(control)

        job = Job(work, on_event=self._take, on_done=self._done, on_failed=self._failed)
        self.progress = 0.0
        self._search = self._lane.submit(job)
        self.changed.emit()

    def cancel(self) -> None:
        """End a search; what was found stays."""
        if self._search is not None:
            self._search.cancel()
            self._search = None
            self.progress = None
            self.changed.emit()

    def _take(self, found: DirectionsFound) -> None:
        """Old ones that were not found again go at the end: they may still come."""
        self.progress = found.share
        old = {each.id: each for each in self.directions}
        new = {each.id: _renewed(each, old.get(each.id)) for each in found.directions}
        done = found.share == 1.0
        stay = (o for o in self.directions if o.id not in new and (o.kind == "taught" or not done))
        self.directions = (*stay, *new.values())
        self.changed.emit()

    def _done(self) -> None:
        self._search = None
        self.progress = None
        self._keep()

    def _failed(self, error: Exception) -> None:
        self._search = None
        self.progress = None
        self.changed.emit()
        self._notifications.failed(error)

    # --- Teaching ---

    def mark(self, point: LatentPoint, more: bool | None) -> None:
        """Make a picture an example of more, or of less; None takes it back."""
        self.marks.pop(point, None)
        if more is not None:
            self.marks[point] = more
        self.marked.emit()

    def clear_marks(self) -> None:
        self.marks.clear()
        self.marked.emit()

    def teach(self, name: str) -> None:
        """A slider from the marked pictures."""
        card, marks = self._card, dict(self.marks)
        if card is None:
            return
        more = [point for point, is_more in marks.items() if is_more]
        less = [point for point, is_more in marks.items() if not is_more]

        def show(direction: Direction) -> None:
            self.clear_marks()
            self.directions = (direction, *self.directions)
            self._keep()
            self._notifications.post(
                f"Learned “{name}”: right about {direction.sureness:.0%} of the pictures "
                "that it was tested on.",
                tone="good",
            )

        self._run(lambda _control: self._host.get().load(card.path).teach(name, more, less), show)

    # --- Changing ---

    def rename(self, direction_id: str, name: str) -> None:
        if name.strip():
            self._change(direction_id, name=name.strip())

    def set_levels(self, direction_id: str, levels: LevelRange) -> None:
        self._change(direction_id, levels=levels)

    def remove(self, direction_id: str) -> None:
        """Forget a direction; `bring_back` brings back the last one."""
        self.gone = self.direction(direction_id)
        self._set(tuple(each for each in self.directions if each.id != direction_id))

    def bring_back(self) -> None:
        if self.gone is not None:
            found, self.gone = self.gone, None
            self._set((found, *self.directions))

    def _change(self, direction_id: str, **changes: object) -> None:
        self._set(
            tuple(
                replace(each, **changes) if each.id == direction_id else each  # type: ignore[arg-type]
                for each in self.directions
            )
        )

    def _set(self, directions: tuple[Direction, ...]) -> None:
        self.directions = directions
        self._keep()

    def _keep(self) -> None:
        """Tell of the directions, and write them beside the model."""
        self.changed.emit()
        card, directions = self._card, self.directions
        if card is not None and not self._latent.learning:
            self._run(lambda _control: write_directions(card.sha256, directions))

    def _run(
        self, work: Callable[[RunControl], object], show: Callable[..., None] | None = None
    ) -> None:
        self._lane.submit(
            Job(once(work), on_event=show, on_failed=self._notifications.failed, priority=1)
        )


def _renewed(found: Direction, old: Direction | None) -> Direction:
    """A direction that was found again, as a person has named and limited it."""
    return found if old is None else replace(found, name=old.name, levels=old.levels)
