"""The kept moments of the run in view: to look at, to explore, to go on from, to blend."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app import model_shelf
from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane, LatestWins, once
from studio.app.notifications import Notifications
from studio.app.past_run import read_sheet
from studio.app.project_session import ProjectSession
from studio.app.spoken import spoken_time
from studio.app.training_session import TrainingSession
from studio.core.control import RunControl
from studio.engine.api import KeptCheckpoint, best_of


class TimeMachine(QObject):
    """Follows the run of a `TrainingSession`. Lives in the GUI thread.

    Emits `changed()` when `moments` or `moment` (None: the present) are others,
    `pictures_changed()` when those of the moment are there, and `model_made(str)` with the sha256
    of a model that a person wants to explore.
    """

    changed = Signal()
    pictures_changed = Signal()
    model_made = Signal(str)

    def __init__(
        self,
        host: EngineHost,
        lane: Lane,
        training: TrainingSession,
        project: ProjectSession,
        notifications: Notifications,
    ) -> None:
        super().__init__(training)
        self._host = host
        self._lane = lane
        self._training = training
        self._project = project
        self._notifications = notifications
        self._reading: LatestWins[tuple[QImage, ...]] = LatestWins(lane)
        self.moment: KeptCheckpoint | None = None
        self.pictures: tuple[QImage, ...] = ()
        training.kept_changed.connect(self._follow)

    @property
    def moments(self) -> tuple[KeptCheckpoint, ...]:
        """From the first to the last."""
        return self._training.kept

    @property
    def best(self) -> KeptCheckpoint | None:
        return best_of(self.moments)

    def look_at(self, moment: KeptCheckpoint | None) -> None:
        """Show a moment, or the present."""
        if moment == self.moment:
            return
        self.moment, self.pictures = moment, ()
        self._reading.cancel()
        self.changed.emit()
        if moment is not None:
            work = once(lambda _control: read_sheet(moment.samples, moment.model))
            self._reading.request(work, self._show)

    def _show(self, pictures: tuple[QImage, ...]) -> None:
        self.pictures = pictures
        self.pictures_changed.emit()

    def _follow(self) -> None:
        """A moment that is not kept any more gives way to the present."""
        if self.moment is not None and self.moment not in self.moments:
            self.look_at(None)
        self.changed.emit()

    def explore(self) -> None:
        """Put the model of the moment into the library, to be explored."""
        if self.moment is None:
            return
        model, pictures = self.moment.model, self.pictures
        name = f"{self._project.name}, after {spoken_time(self.moment.seconds)}"
        self._make(lambda _control: model_shelf.keep(model, name, pictures))

    def go_on(self, minutes: float) -> None:
        """Train on from the moment, as a new run; the one in view stays as it is."""
        if self.moment is not None:
            self._training.go_on_from(self.moment, minutes)

    def blend(self, first: KeptCheckpoint, second: KeptCheckpoint, share: float) -> None:
        """Make a model between two moments: `share` of the second's weights, from 0 to 1."""
        when = f"{spoken_time(first.seconds)} and {spoken_time(second.seconds)}"
        name = f"{self._project.name}, between {when}"

        def work(_control: RunControl) -> str:
            engine, pictures = self._host.get(), read_sheet(second.samples, second.model)
            return model_shelf.keep_made(
                lambda out: engine.blend(first.model, second.model, share, out), name, pictures
            )

        self._make(work)

    def _make(self, work: Callable[[RunControl], str]) -> None:
        job = Job(once(work), on_event=self.model_made.emit, on_failed=self._notifications.failed)
        self._lane.submit(job)
