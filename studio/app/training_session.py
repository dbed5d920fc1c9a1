"""Training in the background: start, pause, stop, go on; and what is known of it so far."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane
from studio.app.notifications import Notifications, Tone
from studio.app.qimage import to_qimage
from studio.core.control import RunControl
from studio.core.files import write_json_atomic
from studio.engine.api import (
    RECIPES,
    SIZES,
    Checkpointed,
    DatasetInfo,
    Finished,
    Progress,
    Recipe,
    Sampled,
    Started,
    StepDone,
    TrainingEvent,
    TrainingRun,
    Warned,
)

RUN_FILE = "run.json"
LOG_FILE = "log.jsonl"
CURVE_POINTS = 2000  # more than a screen is wide: then every other one is dropped


class TrainingState(Enum):
    IDLE = auto()
    PREPARING = auto()
    RUNNING = auto()
    PAUSED = auto()
    STOPPING = auto()


class TrainingSession(QObject):
    """Owns the run of the open project, past or present.

    Lives in the GUI thread. Emits `changed()` when state or progress changed, `sampled()` when
    `samples` are new, `curves_changed()`, `model_written(Path)` at each checkpoint and
    `model_finished(Path)` when a run has ended and its model should be kept.
    """

    changed = Signal()
    sampled = Signal()
    curves_changed = Signal()
    model_written = Signal(Path)
    model_finished = Signal(Path)

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
        self._runs: Path | None = None
        self._clear()

    def _clear(self) -> None:
        self.state = TrainingState.IDLE
        self.run: TrainingRun | None = None
        self.started: Started | None = None
        self.progress: Progress | None = None
        self.samples: list[QImage] = []
        self.curves: dict[str, list[tuple[float, float]]] = {}
        self.last_warning = ""

    # --- What the panel says ---

    @property
    def active(self) -> bool:
        return self.state is not TrainingState.IDLE

    @property
    def can_go_on(self) -> bool:
        """Whether an earlier run of this project can be continued where it stopped."""
        return not self.active and self.run is not None and (self.run.out / "resume.json").exists()

    @property
    def verdict(self) -> tuple[str, Tone]:
        """How it stands, in words for a person, and in what tone."""
        if self.state is TrainingState.PREPARING:
            return "Getting ready: the first pictures come in a few seconds", "info"
        if self.state is TrainingState.PAUSED:
            return "Paused. Nothing is lost; go on whenever you like", "attention"
        if self.state is TrainingState.STOPPING:
            return "Stopping: keeping what has been learned", "info"
        if self.progress is None:
            return "", "info"
        if self.last_warning:
            return self.last_warning, "attention"
        passes = f"pass {self.progress.passes:.0f} over your images"
        if self.state is TrainingState.RUNNING:
            return f"Learning: {passes}", "good"
        return f"Trained for {spoken_time(self.progress.seconds)}, {passes}", "good"

    # --- Intents ---

    def open(self, runs: Path) -> None:
        """Show the newest run of a project; new ones are made in the folder `runs`."""
        self._clear()
        self._runs = runs
        newest = max(runs.glob(f"*/{RUN_FILE}"), default=None)
        if newest is not None:
            self._read_run(newest)
        self.changed.emit()
        self.sampled.emit()
        self.curves_changed.emit()

    def start(self, recipe: Recipe, dataset: DatasetInfo, size: int, minutes: float) -> None:
        """Start a new run of a recipe on the project's pictures."""
        if self.active or self._runs is None:
            return
        number = 1 + max((int(p.name) for p in self._runs.glob("[0-9]*")), default=0)
        run = TrainingRun(
            dataset=dataset.folder,
            out=self._runs / f"{number:03d}",
            family=recipe.family,
            size=min(size, dataset.size),
            config=recipe.config,
            minutes=minutes,
            device=self.device,
        )
        self._clear()
        self._train(run)

    device = "auto"

    def go_on(self, minutes: float) -> None:
        """Continue the last run for `minutes` more."""
        if not self.can_go_on or self.run is None:
            return
        done = self.progress.seconds / 60 if self.progress else 0.0
        self._train(replace(self.run, resume=True, minutes=done + minutes))

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

    def _train(self, run: TrainingRun) -> None:
        run.out.mkdir(parents=True, exist_ok=True)
        write_json_atomic(run.out / RUN_FILE, _portable(run))
        self.run = run
        self._set_state(TrainingState.PREPARING)

        def work(control: RunControl) -> Iterator[object]:
            for event in self._host.get().train(run, control):
                yield event
                if isinstance(event, Sampled):
                    yield [to_qimage(image) for image in event.images]

        self._job = self._lane.submit(
            Job(work, on_event=self._take, on_failed=self._failed, heard_after_cancel=True)
        )

    def _take(self, event: TrainingEvent | list[QImage]) -> None:
        match event:
            case list():
                self.samples = event
                self.sampled.emit()
            case Started():
                self.started = event
                if self.state is TrainingState.PREPARING:
                    self._set_state(TrainingState.RUNNING)
            case StepDone():
                self._add_to_curves(event.progress.seconds, dict(event.losses))
                self._set_progress(event.progress)
            case Sampled():
                self._set_progress(event.progress)
            case Checkpointed():
                self.model_written.emit(event.model)
            case Warned():
                self.last_warning = event.text
                self.changed.emit()
            case Finished():
                self._finish(event)

    def _finish(self, event: Finished) -> None:
        self.progress = event.progress
        self._job = None
        self._set_state(TrainingState.IDLE)
        self.model_finished.emit(event.model)
        if event.reason == "diverged":
            self._notifications.post(
                "Training lost its way and was stopped.",
                "The last good state was kept: continue from it, or start again.",
                "attention",
            )
        elif event.reason == "budget":
            self._notifications.post("Training is done.", "Explore what it has learned.", "good")

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._set_state(TrainingState.IDLE)
        self._notifications.failed(error)

    def _set_state(self, state: TrainingState) -> None:
        self.state = state
        self.changed.emit()

    def _set_progress(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.emit()

    def _add_to_curves(self, seconds: float, losses: dict[str, float]) -> None:
        for name, value in losses.items():
            points = self.curves.setdefault(name, [])
            points.append((seconds / 60, value))
            if len(points) > CURVE_POINTS:
                del points[1::2]
        self.curves_changed.emit()

    # --- Reading a past run ---

    def _read_run(self, run_file: Path) -> None:
        try:
            data = json.loads(run_file.read_text("utf-8"))
            project = run_file.parent.parent.parent
            data["out"], data["dataset"] = run_file.parent, project / "dataset"
            self.run = TrainingRun.from_json(data)
            self._read_log(run_file.parent / LOG_FILE)
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._notifications.post(
                f"The last training ({run_file.parent.name}) could not be read.", str(error), "bad"
            )

    def _read_log(self, log_file: Path) -> None:
        if not log_file.exists():
            return
        for line in log_file.read_text("utf-8").splitlines():
            entry = json.loads(line)
            if entry.get("event") == "StepDone":
                self._add_to_curves(entry["seconds"], entry["losses"])
            if "seconds" in entry:
                self.progress = _progress_of(entry)


def spoken_time(seconds: float) -> str:
    """A length of time as a person says it: ``40 s``, ``6 min``, ``1 h 20 min``."""
    if seconds < 60:
        return f"{max(0, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _portable(run: TrainingRun) -> dict[str, object]:
    """The run without its places: they follow from where the file lies."""
    data = run.to_json()
    data["out"] = data["dataset"] = ""
    return data


def _progress_of(entry: dict[str, float]) -> Progress:
    return Progress(
        step=int(entry["step"]),
        images=int(entry["images"]),
        passes=float(entry.get("passes", 0.0)),
        seconds=float(entry["seconds"]),
        images_per_second=float(entry.get("images_per_second", 0.0)),
        fraction=float(entry.get("fraction", 1.0)),
        seconds_left=0.0,
    )
