"""What is where in the folder of a training run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.codec.write import write_image
from studio.core.files import sweep_stale_temps, told_as_studio_error
from studio.core.image import Image
from studio.engine.api import MODEL_FILE, KeptCheckpoint, Progress
from studio.engine.api.checkpoints import (
    CHECKPOINTS,
    LOG_FILE,
    PREVIOUS_STATE_FILE,
    STATE_FILE,
)
from studio.engine.health.report import HealthReport
from studio.engine.keeping import keep
from studio.engine.pictures import sheet

SHEET_COLUMNS = 8


@dataclass(frozen=True)
class RunFolder:
    """The files of one run; `log` has one JSON object a line for each `StepDone`."""

    path: Path

    @property
    def model(self) -> Path:
        return self.path / MODEL_FILE

    @property
    def last(self) -> Path:
        return self.path / STATE_FILE

    @property
    def previous(self) -> Path:
        return self.path / PREVIOUS_STATE_FILE

    @property
    def log(self) -> Path:
        return self.path / LOG_FILE

    @property
    def samples(self) -> Path:
        return self.path / "samples"

    @property
    def has_state(self) -> bool:
        return self.last.exists() or self.previous.exists()

    def prepare(self, log_bytes: int, *, anew: bool) -> None:
        """Make the folders, and cut the log to what the checkpoint knows of.

        With `anew`, the states of an earlier run are removed: nothing must fall back to them.

        Raises:
            StudioError: the disk refused.
        """
        with told_as_studio_error(f"“{self.path}” could not be written"):
            self.samples.mkdir(parents=True, exist_ok=True)
            sweep_stale_temps(self.path)
            if anew:
                self.last.unlink(missing_ok=True)
                self.previous.unlink(missing_ok=True)
                shutil.rmtree(self.path / CHECKPOINTS, ignore_errors=True)
            self.log.touch()
        self.cut_log(log_bytes)

    def cut_log(self, log_bytes: int) -> None:
        """Forget what was logged after the first `log_bytes`."""
        with told_as_studio_error(f"“{self.log}” could not be written"):
            if self.log.stat().st_size > log_bytes:
                with self.log.open("r+b") as file:
                    file.truncate(log_bytes)

    def log_step(self, progress: Progress, losses: Mapping[str, float]) -> None:
        """Append one line."""
        line = {
            "step": progress.step,
            "images": progress.images,
            "seconds": round(progress.seconds, 3),
            "images_per_second": round(progress.images_per_second, 2),
            "losses": {name: round(value, 6) for name, value in losses.items()},
        }
        self._log(line)

    def log_health(self, progress: Progress, report: HealthReport) -> None:
        """Append one line with all figures of an examination."""
        line = {
            "step": progress.step,
            "images": progress.images,
            "seconds": round(progress.seconds, 3),
            "health": report.to_json(),
        }
        self._log(line)

    def health(self) -> list[HealthReport]:
        """All examinations that the log knows of."""
        reports = []
        with suppress(FileNotFoundError), self.log.open(encoding="utf-8") as file:
            for line in file:
                with suppress(ValueError, KeyError, TypeError):
                    reports.append(HealthReport.from_json(json.loads(line)["health"]))
        return reports

    def keep(self, progress: Progress, ratio: float | None) -> KeptCheckpoint:
        """Keep what is there now for the time machine."""
        return keep(self.path, self.model, self.last, self._sheet(progress.step), progress, ratio)

    def _sheet(self, step: int) -> Path:
        return self.samples / f"step{step:07d}.png"

    def _log(self, line: Mapping[str, Any]) -> None:
        with (
            told_as_studio_error(f"“{self.log}” could not be written"),
            self.log.open("a", encoding="utf-8") as file,
        ):
            file.write(json.dumps(line) + "\n")

    def save_samples(self, step: int, images: Sequence[Image]) -> None:
        """Write the grid as one PNG, named after its step."""
        write_image(self._sheet(step), sheet(images, SHEET_COLUMNS))
