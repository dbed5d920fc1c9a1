"""What a training run has left on disk: request, curves, health, progress and pictures."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtGui import QImage

from studio.app.qimage import qimage_of_pixels8
from studio.app.run_health import RunHealth
from studio.codec.read import read_pixels8
from studio.core.files import read_json, told_as_studio_error, write_json_atomic
from studio.core.image import Pixels8
from studio.engine.api import (
    MODEL_FILE,
    MODEL_KEY,
    HealthReport,
    KeptCheckpoint,
    Progress,
    TrainingRun,
    kept_checkpoints,
    read_dataset,
)
from studio.engine.api.checkpoints import LOG_FILE, PREVIOUS_STATE_FILE, STATE_FILE
from studio.engine.keeping import thin
from studio.errors import StudioError
from studio.project import library

RUN_FILE = "run.json"

_SHEETS = "samples/step*.png"
_SHEET_COLUMNS = 8
_SHEET_GAP = 2  # px between the pictures of a sheet, and around them
_MOMENTS_OF_OLDER = 8
_BYTES_OF_OLDER = 256 << 20
_CURVE_POINTS = 2000  # more than a screen is wide: then every other one is dropped


class Curves:
    """Named losses over training time in minutes, thinned so that long runs stay small."""

    def __init__(self) -> None:
        self.points: dict[str, list[tuple[float, float]]] = {}

    def add(self, seconds: float, losses: Mapping[str, float]) -> None:
        for name, value in losses.items():
            points = self.points.setdefault(name, [])
            points.append((seconds / 60, value))
            if len(points) > _CURVE_POINTS:
                del points[1:-1:2]

    def until(self, seconds: float) -> Curves:
        """The same up to that much training."""
        before = Curves()
        for name, points in self.points.items():
            before.points[name] = [point for point in points if point[0] <= seconds / 60]
        return before


@dataclass(frozen=True)
class PastRun:
    """A run as it was left; `progress` is None if it never took a step."""

    run: TrainingRun
    progress: Progress | None = None
    curves: Curves = field(default_factory=Curves)
    samples: tuple[QImage, ...] = ()
    health: RunHealth = field(default_factory=RunHealth)
    kept: tuple[KeptCheckpoint, ...] = ()


def can_be_resumed(run: TrainingRun) -> bool:
    return any((run.out / name).exists() for name in (STATE_FILE, PREVIOUS_STATE_FILE))


def write_run(run: TrainingRun) -> None:
    """Note a run in its folder, which is made if missing.

    Its places are left out: they follow from where the file lies.

    Raises:
        StudioError: the disk refused.
    """
    with told_as_studio_error(f"“{run.out}” could not be made"):
        run.out.mkdir(parents=True, exist_ok=True)
    write_json_atomic(run.out / RUN_FILE, {**run.to_json(), "out": "", "dataset": ""})


def all_runs(runs: Path) -> tuple[Path, ...]:
    """The folders of all runs in `runs`, which has one numbered folder a run, oldest first."""
    return tuple(sorted(file.parent for file in runs.glob(f"*/{RUN_FILE}")))


def next_folder(runs: Path) -> Path:
    """A folder for one more run, numbered after the last."""
    number = 1 + max((int(path.name) for path in runs.glob("[0-9]*")), default=0)
    return runs / f"{number:03d}"


def thin_older(run: Path) -> None:
    """Let other runs of the project keep fewer moments, so that a project stays of a good size."""
    for other in all_runs(run.parent):
        if other != run:
            thin(other, _MOMENTS_OF_OLDER, _BYTES_OF_OLDER)


def read_past_run(folder: Path, dataset: Path) -> PastRun:
    """Everything that is known of the run in `folder`. Reads thousands of lines: not for the GUI.

    Raises:
        StudioError: the run's note is missing or damaged; a damaged log or sheet is passed over.
    """
    try:
        data = {**read_json(folder / RUN_FILE), "out": folder, "dataset": dataset}
        run = TrainingRun.from_json(data)
    except (KeyError, TypeError, ValueError) as error:
        raise StudioError(
            f"The last training ({folder.name}) could not be read.", "Start a new one."
        ) from error
    log = _read_log(folder / LOG_FILE)
    progress = _progress_of(log.last, _pictures_in(dataset)) if log.last else None
    health, kept = RunHealth.of(log.measurements), kept_checkpoints(folder)
    return PastRun(run, progress, log.curves, _newest_samples(folder), health, kept)


@dataclass
class _Log:
    """What a log tells; `last` is its last line with losses."""

    curves: Curves = field(default_factory=Curves)
    measurements: list[tuple[float, HealthReport]] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)

    def add(self, entry: dict[str, Any]) -> None:
        seconds = float(entry["seconds"])
        if "health" in entry:
            self.measurements.append((seconds, HealthReport.from_json(entry["health"])))
        else:
            self.curves.add(seconds, entry["losses"])
            self.last = entry


def _read_log(log_file: Path) -> _Log:
    """All whole lines; one that a crash cut off is passed over."""
    log = _Log()
    with contextlib.suppress(OSError), log_file.open(encoding="utf-8") as lines:
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                log.add(json.loads(line))
    return log


def _progress_of(entry: Mapping[str, Any], pictures: int) -> Progress:
    images = int(entry["images"])
    return Progress(
        step=int(entry["step"]),
        images=images,
        passes=images / pictures if pictures else 0.0,
        seconds=float(entry["seconds"]),
        images_per_second=float(entry["images_per_second"]),
        fraction=1.0,
        seconds_left=0.0,
    )


def _pictures_in(dataset: Path) -> int:
    try:
        return read_dataset(dataset).count
    except StudioError:
        return 0


def _newest_samples(folder: Path) -> tuple[QImage, ...]:
    newest = max(folder.glob(_SHEETS), default=None)
    return read_sheet(newest, folder / MODEL_FILE) if newest else ()


def read_sheet(file: Path, model: Path) -> tuple[QImage, ...]:
    """The pictures of a sheet of samples that a model made; none where it cannot be read."""
    try:
        return _cut(read_pixels8(file), _shape_of(model))
    except StudioError:
        return ()


def _shape_of(model: Path) -> float:
    """Height over width of its pictures; square where it does not tell."""
    try:
        header = json.loads(library.read_header(model)[MODEL_KEY])
        return float(header["height"] / header["width"])
    except (StudioError, OSError, KeyError, TypeError, ValueError, ZeroDivisionError):
        return 1.0


def _cut(sheet: Pixels8, shape: float) -> tuple[QImage, ...]:
    """The pictures of a sheet ``uint8 [H, W, C]``, row by row; `shape` is height over width."""
    across = max(_SHEET_GAP + 1, (sheet.shape[1] - _SHEET_GAP) // _SHEET_COLUMNS)
    width = across - _SHEET_GAP
    height = max(1, round(width * shape))
    return tuple(
        qimage_of_pixels8(sheet[top : top + height, left : left + width])
        for top in range(_SHEET_GAP, sheet.shape[0] - height, height + _SHEET_GAP)
        for left in range(_SHEET_GAP, sheet.shape[1] - width, across)
    )
