"""Models that come from elsewhere: files of the studio's own, and those of other programs."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.app import model_shelf
from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane
from studio.app.notifications import Notifications
from studio.app.qimage import to_qimage
from studio.core.control import RunControl
from studio.core.latent import LatentPoint
from studio.engine.api import FOREIGN_SUFFIXES, MODEL_SUFFIX, Generator, Importing

MODEL_SUFFIXES = (MODEL_SUFFIX, *FOREIGN_SUFFIXES)
_BEHIND = -1  # priority: saving and thumbnails need not wait for it
_SAMPLES, _SAMPLE_SIDE, _SAMPLE_TRUNCATION = 4, 64, 0.7
_TOOLS_NAMES = re.compile(r"model|network-snapshot.*")  # of files, and no names for a person


def is_model(file: Path) -> bool:
    return file.suffix.lower() in MODEL_SUFFIXES


class ModelImport(QObject):
    """Brings model files into the library, one after the other. Lives in the GUI thread.

    Emits `changed()` when `current` or `progress` are new, and `imported(str)` with the sha256 of
    each that is in the library.
    """

    changed = Signal()
    imported = Signal(str)

    def __init__(
        self, host: EngineHost, lane: Lane, notifications: Notifications, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._host = host
        self._lane = lane
        self._notifications = notifications
        self._jobs: dict[Job[Importing | str], Path] = {}
        self.progress = 0.0

    @property
    def current(self) -> Path | None:
        """The file that is being taken in; None while nothing is."""
        return next(iter(self._jobs.values()), None)

    def take(self, file: Path) -> None:
        """Copy a model into the library, as one of the studio's own if it is another program's."""
        job = Job(
            partial(self._work, file),
            on_event=self._hear,
            on_done=self._end,
            on_failed=self._fail,
            priority=_BEHIND,
        )
        self._jobs[job] = file
        self._lane.submit(job)
        self.changed.emit()

    def cancel(self) -> None:
        """Take in no more; what is in the library stays."""
        for job in self._jobs:
            job.cancel()
        self._jobs.clear()
        self.progress = 0.0
        self.changed.emit()

    def _work(self, file: Path, control: RunControl) -> Iterator[Importing | str]:
        engine = self._host.get()
        with tempfile.TemporaryDirectory(prefix="import-") as temp:
            model = file
            if file.suffix.lower() in FOREIGN_SUFFIXES:
                model = Path(temp) / f"model{MODEL_SUFFIX}"
                yield from engine.import_model(file, model, control)
            generator = engine.load(model, "cpu")
            points = [LatentPoint.of_seed(seed, _SAMPLE_TRUNCATION) for seed in range(_SAMPLES)]
            samples = generator.sample(points, _SAMPLE_SIDE, control)
            control.check()
            pictures = [to_qimage(sample) for sample in samples]
            yield model_shelf.keep(model, _name(file, generator), pictures)

    def _hear(self, told: Importing | str) -> None:
        if isinstance(told, str):
            self.imported.emit(told)
            return
        self.progress = told.share
        self.changed.emit()

    def _end(self) -> None:
        """The first of the jobs has ended: a lane advances the oldest."""
        if self._jobs:
            del self._jobs[next(iter(self._jobs))]
        self.progress = 0.0
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self._end()
        self._notifications.failed(error)


def _name(file: Path, generator: Generator) -> str:
    learned_from = generator.card.dataset_name
    return learned_from if learned_from and _TOOLS_NAMES.fullmatch(file.stem) else file.stem
