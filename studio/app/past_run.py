"""What a training run has left on disk: its request, curves, progress and newest samples."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtGui import QImage

from studio.app.qimage import qimage_of_pixels8
from studio.codec.read import read_pixels8
from studio.core.files import read_json, told_as_studio_error, write_json_atomic
from studio.core.image import Pixels8
from studio.engine.api import Progress, TrainingRun, read_dataset
from studio.errors import StudioError

RUN_FILE = "run.json"
STATE_FILES = ("resume.safetensors", "resume.previous.safetensors")

_LOG_FILE = "log.jsonl"
_SHEETS = "samples/step*.png"
_SHEET_COLUMNS = 8
_SHEET_GAP = 2  # px between the pictures of a sheet, and around them
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


@dataclass(frozen=True)
class PastRun:
    """A run as it was left; `progress` is None if it never took a step."""

    run: TrainingRun
    progress: Progress | None = None
    curves: Curves = field(default_factory=Curves)
    samples: tuple[QImage, ...] = ()


def can_be_resumed(run: TrainingRun) -> bool:
    return any((run.out / name).exists() for name in STATE_FILES)


def write_run(run: TrainingRun) -> None:
    """Note a run in its folder, which is made if missing.

    Its places are left out: they follow from where the file lies.

    Raises:
        StudioError: the disk refused.
    """
    with told_as_studio_error(f"“{run.out}” could not be made"):
        run.out.mkdir(parents=True, exist_ok=True)
    write_json_atomic(run.out / RUN_FILE, {**run.to_json(), "out": "", "dataset": ""})


def newest_run(runs: Path) -> Path | None:
    """The folder of the last run in `runs`, which has one numbered folder a run."""
    return max((file.parent for file in runs.glob(f"*/{RUN_FILE}")), default=None)


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
    curves, last = _read_log(folder / _LOG_FILE)
    progress = _progress_of(last, _pictures_in(dataset)) if last else None
    return PastRun(run, progress, curves, _newest_samples(folder))


def _read_log(log_file: Path) -> tuple[Curves, dict[str, Any]]:
    """The curves and the last whole line; a line that a crash cut off is passed over."""
    curves, last = Curves(), {}
    with contextlib.suppress(OSError), log_file.open(encoding="utf-8") as lines:
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                entry = json.loads(line)
                curves.add(float(entry["seconds"]), entry["losses"])
                last = entry
    return curves, last


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
    if newest is None:
        return ()
    try:
        return _cut(read_pixels8(newest))
    except StudioError:
        return ()


def _cut(sheet: Pixels8) -> tuple[QImage, ...]:
    """The pictures of a sheet ``uint8 [H, W, C]``, row by row."""
    step = max(_SHEET_GAP + 1, (sheet.shape[1] - _SHEET_GAP) // _SHEET_COLUMNS)
    side = step - _SHEET_GAP
    return tuple(
        qimage_of_pixels8(sheet[top : top + side, left : left + side])
        for top in range(_SHEET_GAP, sheet.shape[0] - side, step)
        for left in range(_SHEET_GAP, sheet.shape[1] - side, step)
    )
