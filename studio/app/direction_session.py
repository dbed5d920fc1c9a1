"""The sliders of the model in view: searched for in the background, taught, named, kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.app.document_session import DocumentCommand, DocumentSession
from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane, once
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.core.control import RunControl
from studio.core.direction import Direction, exchanged
from studio.core.document import Document
from studio.core.explorer import ExplorerState
from studio.core.latent import LatentPoint
from studio.core.steering import LevelRange
from studio.engine.api import DirectionsFound, ModelCard
from studio.project.directions import read_directions, write_directions

_BETTER_THAN_CHANCE = 0.65  # of two answers, right by so many


class DirectionCommand(DocumentCommand):
    """A step that exchanges one direction of a model, and maybe changes the document with it."""

    def __init__(
        self,
        documents: DocumentSession,
        after: Document,
        text: str,
        redo: Callable[[], None],
        undo: Callable[[], None],
    ) -> None:
        super().__init__(documents, after, text, "")
        self._redo = redo
        self._undo = undo

    def redo(self) -> None:
        self._redo()
        super().redo()

    def undo(self) -> None:
        self._undo()
        super().undo()


class DirectionSession(QObject):
    """Owns the directions of `LatentSession.card`. Lives in the GUI thread.

    They belong to the model, not to a document: they are kept beside it in the library. What a
    person does to them is a step of the document's history all the same. Emits
    `changed()` when `directions` or `progress` are new, and `marked()` when `marks` are.
    """

    changed = Signal()
    marked = Signal()

    def __init__(
        self,
        documents: DocumentSession,
        host: EngineHost,
        lane: Lane,
        latent: LatentSession,
        notifications: Notifications,
    ) -> None:
        super().__init__(latent)
        self._documents = documents
        self._host = host
        self._lane = lane
        self._latent = latent
        self._notifications = notifications
        self._search: Job[DirectionsFound] | None = None
        self._card: ModelCard | None = None
        self._searched: Path | None = None  # the model that was searched without being asked
        self.directions: tuple[Direction, ...] = ()
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
        self._card, self.known, self.directions = card, False, ()
        self.clear_marks()
        self.changed.emit()

        def show(found: tuple[Direction, ...]) -> None:
            if self._card is card and not self.known:
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
            self._step(f"Teach “{name}”", card, None, direction)
            learned = direction.sureness >= _BETTER_THAN_CHANCE
            self._notifications.post(
                f"Learned “{name}”: right about {direction.sureness:.0%} of the pictures "
                "that it was tested on.",
                ""
                if learned
                else "That is hardly better than chance: mark more, and clearer ones.",
                tone="good" if learned else "attention",
            )

        self._run(lambda _control: self._host.get().load(card.path).teach(name, more, less), show)

    # --- Changing ---

    def rename(self, direction_id: str, name: str) -> None:
        old = self.direction(direction_id)
        if old is not None and name.strip() not in ("", old.name):
            self._change(f"Rename “{old.name}”", old, replace(old, name=name.strip()))

    def set_levels(
        self, direction_id: str, levels: LevelRange, explorer: ExplorerState | None = None
    ) -> None:
        """Let a direction act on some levels only; `explorer` is what it looks like then."""
        old = self.direction(direction_id)
        if old is not None and old.levels != levels:
            self._change(f"Levels of {old.name}", old, replace(old, levels=levels), explorer)

    def remove(self, direction_id: str) -> None:
        old = self.direction(direction_id)
        if old is not None:
            self._change(f"Remove “{old.name}”", old, None)

    def _change(
        self,
        text: str,
        old: Direction,
        new: Direction | None,
        explorer: ExplorerState | None = None,
    ) -> None:
        if self._card is not None:
            self._step(text, self._card, old, new, explorer)

    def _step(
        self,
        text: str,
        card: ModelCard,
        old: Direction | None,
        new: Direction | None,
        explorer: ExplorerState | None = None,
    ) -> None:
        """One direction of a model for another, as a step that can be undone."""
        before = self._documents.document
        after = before if explorer is None else replace(before, explorer=explorer)
        command = DirectionCommand(
            self._documents,
            after,
            text,
            lambda: self._exchange(card, old, new),
            lambda: self._exchange(card, new, old),
        )
        self._documents.undo_stack.push(command)

    def _exchange(self, card: ModelCard, old: Direction | None, new: Direction | None) -> None:
        """Of the model in view, or of one that was in view when the step was made."""
        if self._card is not None and self._card.path == card.path:
            self.directions, self.known = exchanged(self.directions, old, new), True
            self._keep()
            return

        def work(_control: RunControl) -> None:
            kept = exchanged(read_directions(card.sha256), old, new)
            write_directions(card.sha256, kept)

        self._run(work)

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
