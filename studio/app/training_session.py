"""Training in the background: start, pause, stop, go on; and what is known of it so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.engine_host import Around, EngineHost, look_around
from studio.app.lanes import Job, Lane, once
from studio.app.notifications import Notifications
from studio.app.past_run import (
    Curves,
    PastRun,
    all_runs,
    can_be_resumed,
    next_folder,
    read_past_run,
    thin_older,
    write_run,
)
from studio.app.qimage import to_qimage
from studio.app.run_health import RunHealth
from studio.app.training_state import TrainingState
from studio.app.training_words import NEWS, Told, told
from studio.core.control import RunControl
from studio.core.params import ParamSpec
from studio.engine.api import (
    MODEL_FILE,
    RECIPES,
    SIZES,
    Checkpointed,
    DatasetInfo,
    FamilyCard,
    Finished,
    FinishReason,
    KeptCheckpoint,
    Measured,
    Progress,
    Recipe,
    Sampled,
    Started,
    StepDone,
    TrainingRun,
    Warned,
    branch,
    kept_checkpoints,
)
from studio.errors import StudioError


class TrainingSession(QObject):
    """Owns the run of the open project, past or present.

    Lives in the GUI thread. Emits `changed()` when state or progress changed, `sampled()` when
    `samples` are new, `curves_changed()`, `kept_changed()` when `kept` moments are others,
    `devices_changed()` once devices and settings are known, `recipe_suggested(str)` with an id,
    `model_written(Path)` at each checkpoint, `model_finished(Path)` when a run has ended and its
    model should be kept, and `model_found(Path)` when a past run was read.
    """

    changed = Signal()
    sampled = Signal()
    curves_changed = Signal()
    kept_changed = Signal()
    devices_changed = Signal()
    recipe_suggested = Signal(str)
    model_written = Signal(Path)
    model_finished = Signal(Path)
    model_found = Signal(Path)

    recipes: tuple[Recipe, ...] = RECIPES
    sizes: tuple[int, ...] = SIZES

    def __init__(
        self, host: EngineHost, lane: Lane, notifications: Notifications, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._host = host
        self._lane = lane
        self._notifications = notifications
        self._job: Job[object] | None = None
        self._reading: Job[PastRun] | None = None
        self._runs: Path | None = None
        self.device = "auto"
        self.early_stop = False
        self.devices: tuple[str, ...] = ()
        self.families: dict[str, FamilyCard] = {}
        self.settings: dict[str, tuple[ParamSpec, ...]] = {}  # of each family
        self._clear()

    def _clear(self) -> None:
        self.state = TrainingState.IDLE
        self.run: TrainingRun | None = None
        self.started: Started | None = None
        self.progress: Progress | None = None
        self.ended: FinishReason | None = None
        self.failure = ""
        self.samples: list[QImage] = []
        self._curves = Curves()
        self.health = RunHealth()
        self.kept: tuple[KeptCheckpoint, ...] = ()
        self.last_warning: Warned | None = None

    # --- What the panel says ---

    @property
    def active(self) -> bool:
        return self.state is not TrainingState.IDLE

    @property
    def curves(self) -> dict[str, list[tuple[float, float]]]:
        """For each loss its points: minutes of training, and value."""
        return self._curves.points

    @property
    def can_go_on(self) -> bool:
        """Whether an earlier run of this project can be continued where it stopped."""
        return not self.active and self.run is not None and can_be_resumed(self.run)

    @property
    def verdict(self) -> Told:
        """How it stands."""
        return told(self)

    @property
    def runs(self) -> tuple[Path, ...]:
        """The folders of all runs of the project, the newest last."""
        return all_runs(self._runs) if self._runs else ()

    # --- Intents ---

    def open(self, runs: Path) -> None:
        """Show the newest run of a project; new ones are made in the folder `runs`."""
        self._show_nothing()
        self._runs = runs
        if self.runs:
            self._read(self.runs[-1], runs.parent / "dataset")
        if not self.devices:
            self._look_around()

    def close(self) -> None:
        """Let go of the project; a run that is still going ends on its own, its model kept."""
        self.stop()
        self._job = None
        self._runs = None
        self._show_nothing()

    def start(
        self,
        recipe: Recipe,
        dataset: DatasetInfo,
        size: int,
        minutes: float,
        start_from: Path | None = None,
    ) -> None:
        """Start a new run of a recipe on the project's pictures, from nothing or from a model."""
        if self.active or self._runs is None:
            return
        run = TrainingRun(
            dataset=dataset.folder,
            out=next_folder(self._runs),
            family=recipe.family,
            size=min(size, dataset.size),
            config=recipe.config,
            minutes=minutes,
            device=self.device,
            early_stop=self.early_stop,
            start_from=start_from,
            recipe=recipe.id,
        )
        self._show_nothing()
        self._train(run)

    def show_run(self, folder: Path) -> None:
        """Look at another run of the project."""
        if not self.active and self._runs is not None:
            self._show_nothing()
            self._read(folder, self._runs.parent / "dataset")

    def go_on(self, minutes: float) -> None:
        """Continue the last run for `minutes` more."""
        if not self.can_go_on or self.run is None:
            return
        done = self.progress.seconds if self.progress else 0.0
        self._train(self._continued(self.run, done, minutes))

    def go_on_from(self, moment: KeptCheckpoint, minutes: float) -> None:
        """Continue from a kept moment as a new run of the project; this one stays as it is."""
        if self.active or self.run is None or self._runs is None:
            return
        origin, out = self.run.out, next_folder(self._runs)
        run = replace(self._continued(self.run, moment.seconds, minutes), out=out)
        curves, health = self._curves.until(moment.seconds), self.health.until(moment.seconds)
        self._show_nothing()
        self._curves, self.health = curves, health
        self._train(run, lambda: branch(origin, moment, out))

    def _continued(self, run: TrainingRun, seconds: float, minutes: float) -> TrainingRun:
        return replace(
            run,
            resume=True,
            minutes=seconds / 60 + minutes,
            device=self.device,
            early_stop=self.early_stop,
        )

    def pause(self) -> None:
        if self._job is not None and self.state is TrainingState.RUNNING:
            self._job.control.pause()
            self._set_state(TrainingState.PAUSED)

    def resume(self) -> None:
        if self._job is not None and self.state is TrainingState.PAUSED:
            self._job.control.resume()
            self._set_state(TrainingState.RUNNING)

    def stop(self) -> None:
        """End the run; its checkpoint is written and its model kept."""
        if self._job is not None:
            self._set_state(TrainingState.STOPPING)
            self._job.cancel()

    # --- The run ---

    def _train(self, run: TrainingRun, prepare: Callable[[], None] = lambda: None) -> None:
        self.run, self.ended, self.failure, self.last_warning = run, None, "", None
        self._set_state(TrainingState.PREPARING)

        job: Job[object] = Job(
            lambda control: _events(self._host, run, control, prepare),
            on_event=lambda event: self._take(job, event),
            on_done=lambda: self._end(job, "stopped"),
            on_failed=lambda error: self._failed(job, error),
            heard_after_cancel=True,
        )
        self._job = self._lane.submit(job)

    def _take(self, job: Job[object], event: object) -> None:
        """Of a run whose project was closed only its model still counts."""
        if isinstance(event, Finished):
            self._finish(job, event)
        elif job is self._job:
            self._follow(event)

    def _follow(self, event: object) -> None:
        match event:
            case list():
                self.samples = event
                self.sampled.emit()
            case tuple():
                self.kept = event
                self.kept_changed.emit()
            case Started():
                self.started = event
                if self.state is TrainingState.PREPARING:
                    self._set_state(TrainingState.RUNNING)
            case StepDone():
                self._curves.add(event.progress.seconds, event.losses)
                self.curves_changed.emit()
                self._set_progress(event.progress)
            case Sampled():
                self._set_progress(event.progress)
            case Checkpointed():
                self.model_written.emit(event.model)
            case Measured():
                self.health = self.health.after(event)
                self.last_warning = None
                self._set_progress(event.progress)
            case Warned():
                self.last_warning = event
                self.changed.emit()

    def _finish(self, job: Job[object], event: Finished) -> None:
        if job is self._job:
            self.progress = event.progress
            self._end(job, event.reason)
        self.model_finished.emit(event.model)
        if event.reason in NEWS:
            self._notifications.post(*NEWS[event.reason])

    def _end(self, job: Job[object], reason: FinishReason) -> None:
        """The run is over; called again when its iterator has run out, which changes nothing."""
        if job is self._job:
            self._job = None
            self.ended = reason
            self._set_state(TrainingState.IDLE)

    def _failed(self, job: Job[object], error: Exception) -> None:
        if job is self._job:
            self._job = None
            self.failure = (
                str(error)
                if isinstance(error, StudioError)
                else "Training broke off. What was learned up to the last save is kept."
            )
            self._set_state(TrainingState.IDLE)
        self._notifications.failed(error)

    def _set_state(self, state: TrainingState) -> None:
        self.state = state
        self.changed.emit()

    def _set_progress(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.emit()

    def _show_nothing(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        self._clear()
        self._tell_all()

    def _tell_all(self) -> None:
        self.changed.emit()
        self.sampled.emit()
        self.curves_changed.emit()
        self.kept_changed.emit()

    # --- What is read in the background ---

    def _read(self, folder: Path, dataset: Path) -> None:
        def show(past: PastRun) -> None:
            self.run, self.progress = past.run, past.progress
            self.samples = list(past.samples)
            self._curves, self.health, self.kept = past.curves, past.health, past.kept
            self._tell_all()
            model = past.run.out / MODEL_FILE
            if past.progress is not None and model.exists():
                self.model_found.emit(model)

        work = once(lambda _control: read_past_run(folder, dataset))
        job = Job(work, on_event=show, on_failed=self._notifications.failed)
        self._reading = self._lane.submit(job)

    def _look_around(self) -> None:
        def show(around: Around) -> None:
            self.devices, self.families, self.settings = around
            self.devices_changed.emit()

        work = once(lambda _control: look_around(self._host.get()))
        self._lane.submit(Job(work, on_event=show, on_failed=self._notifications.failed))


def _events(
    host: EngineHost, run: TrainingRun, control: RunControl, prepare: Callable[[], None]
) -> Iterator[object]:
    """In the lane: the events of a run, after each sheet of samples its `QImage`s.

    After each measurement, and at first, come the moments that are kept.
    """
    prepare()
    write_run(run)
    thin_older(run.out)
    yield kept_checkpoints(run.out)
    for event in host.get().train(run, control):
        yield event
        if isinstance(event, Sampled):
            yield [to_qimage(image) for image in event.images]
        elif isinstance(event, Measured | Warned):
            yield kept_checkpoints(run.out)
