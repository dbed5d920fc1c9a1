"""From a picture to the latent that reproduces it, and a model that is tuned to what was missed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.app import model_shelf
from studio.app.difference import error_map
from studio.app.engine_host import EngineHost
from studio.app.exchange import told_point
from studio.app.lanes import Job, Lane, Work, once
from studio.app.latent_session import LatentSession
from studio.app.notifications import Notifications
from studio.app.qimage import to_qimage
from studio.codec.read import read_image
from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.engine.api import MODEL_FILE, Inverted
from studio.project.directions import read_directions, write_directions

_BEHIND_SHEETS = -1  # priority on the render lane: whoever looks around meanwhile goes first
_REACHED = 0.8  # likeness below which a person is told that the model cannot make such pictures


@dataclass(frozen=True, eq=False)
class Reached:
    """How near a model (its sha256) comes to a picture that was looked for.

    `wanted` is that picture as the model could make it, `missed` where it makes another.
    """

    name: str
    model: str
    point: LatentPoint
    likeness: float
    image: Image
    wanted: QImage
    missed: QImage


class InversionSession(QObject):
    """One search or one tuning at a time, with the model in view. Lives in the GUI thread.

    Emits `changed()` when `progress`, `picture` or `reached` are new, `found()` when a search has
    taken the explorer to the latent, and `model_made()` when the library has a tuned model.
    """

    changed = Signal()
    found = Signal()
    model_made = Signal()

    def __init__(
        self,
        latent: LatentSession,
        host: EngineHost,
        lanes: Mapping[str, Lane],
        notifications: Notifications,
    ) -> None:
        super().__init__(latent)
        self._latent = latent
        self._host = host
        self._lanes = lanes
        self._notifications = notifications
        self._job: Job[Inverted | str] | None = None
        self._searched: Path | None = None  # the model of the job
        self._best: Inverted | None = None
        self._made = ""  # sha256 of a tuned model
        self._last: Reached | None = None
        self.tuning = False  # rather than searching
        self.progress: float | None = None  # None while nothing is at work
        self.picture: QImage | None = None  # how near it is
        latent.model_changed.connect(self._follow)

    @property
    def reached(self) -> Reached | None:
        """How near the picture in view comes to what it was found for; however it is steered."""
        last, state = self._last, self._latent.state
        if last is None or last.model != state.model or last.point.anchors != state.point.anchors:
            return None
        return last

    def start_from(self, render: Callable[[RunControl], Image], name: str) -> None:
        """Look for a picture (a layer as it looks now); the explorer then starts from there."""
        card = self._latent.card
        if card is None or self.progress is not None:
            return
        path = card.path

        def work(control: RunControl) -> Iterator[Inverted]:
            yield from self._latent.memory.get(path).invert(render(control), control)

        self.tuning = False
        self._begin(work, lambda: self._arrive(name), path, "render")

    def tune(self) -> None:
        """Teach a copy of the model the picture that was looked for, at the latent of `reached`.

        The copy comes into the library with the sliders of the model, and is explored then.
        """
        card, goal = self._latent.card, self.reached
        if card is None or goal is None or self.progress is not None:
            return
        origin, name = card, f"{card.dataset_name}, tuned to {goal.name}"

        def work(control: RunControl) -> Iterator[Inverted | str]:
            with tempfile.TemporaryDirectory(prefix="tune-") as temp:
                out = Path(temp) / MODEL_FILE
                tuned = self._host.get().tune(origin.path, goal.image, goal.point, out, control)
                yield from tuned
                control.check()
                sha256 = model_shelf.keep(out, name, [goal.wanted])
            write_directions(sha256, read_directions(origin.sha256))
            yield sha256

        self.tuning = True
        self._begin(work, lambda: self._explore_tuned(goal), origin.path, "art")

    def start_from_file(self, file: Path) -> None:
        """Look for a picture on the disk; one whose recipe tells its latent is gone to at once."""

        def go(told: tuple[str, LatentPoint] | None) -> None:
            if told is None:
                self.start_from(lambda _control: read_image(file), file.stem)
                return
            self._latent.pick(told[1], told[0])
            self.found.emit()

        work = once(lambda _control: told_point(file))
        self._lanes["render"].submit(Job(work, on_event=go, on_failed=self._notifications.failed))

    def cancel(self) -> None:
        """End what is at work; the explorer stays where it is."""
        if self._job is not None:
            self._job.cancel()
        self._end()

    def _begin(
        self, work: Work[Inverted | str], on_done: Callable[[], None], model: Path, lane: str
    ) -> None:
        self._best, self._made, self.progress, self._searched = None, "", 0.0, model
        job = Job(
            work,
            on_event=self._hear,
            on_done=on_done,
            on_failed=self._failed,
            priority=_BEHIND_SHEETS,
        )
        self._job = self._lanes[lane].submit(job)
        self.changed.emit()

    def _hear(self, told: Inverted | str) -> None:
        if isinstance(told, str):
            self._made = told
            return
        self.progress = told.share
        if told.image is not None:
            self._best, self.picture = told, to_qimage(told.image)
        self.changed.emit()

    def _arrive(self, name: str) -> None:
        best = self._best
        self._end()
        if best is None or best.point is None:
            return
        point = best.point.asked(self._latent.state.prompt)
        self._remember(name, self._latent.state.model, point, best)
        self._latent.change(
            "Start from a picture",
            point=point,
            truncation=point.truncation,
            corners=(point, *self._latent.state.corners[1:]),
            pad=(0.0, 0.0),
        )
        if best.likeness < _REACHED:
            self._notifications.post(
                f"The model comes only {best.likeness:.0%} near to this picture.",
                "It has not learned from pictures like it. Tune it, or train it longer.",
                "attention",
            )
        self.found.emit()

    def _explore_tuned(self, goal: Reached) -> None:
        best, made = self._best, self._made
        self._end()
        if best is None:
            return
        self._remember(goal.name, made, goal.point, best)
        self._latent.end_gesture()
        self._latent.change(f"Tune to {goal.name}", "model", model=made)
        self.model_made.emit()

    def _remember(self, name: str, model: str, point: LatentPoint, best: Inverted) -> None:
        assert best.image is not None
        assert best.wanted is not None
        made, wanted = to_qimage(best.image), to_qimage(best.wanted)
        missed = error_map(made, wanted)
        self._last = Reached(name, model, point, best.likeness, best.wanted, wanted, missed)

    def _failed(self, error: Exception) -> None:
        self._end()
        self._notifications.failed(error)

    def _end(self) -> None:
        self._job = self.progress = self.picture = None
        self.changed.emit()

    def _follow(self) -> None:
        """Another model: what is searched for in the old one is no longer wanted."""
        card = self._latent.card
        if self._job is not None and (card is None or card.path != self._searched):
            self.cancel()
