"""Prepares the demo, runs its stages one by one, and reports."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from studio import __version__
from studio.app.crash import about_machine
from studio.app.exchange import require_pictures
from studio.app.settings import SettingsSession
from studio.app.studio import Studio
from studio.errors import StudioError
from studio.paths import resources_dir
from studio.ui import theme
from studio.ui.demo.robot import StageError
from studio.ui.demo.stage import PreparedShell, Stage, Stopwatch
from studio.ui.demo.stages import STAGES
from studio.ui.main import make_application
from studio.ui.main_window import MainWindow, apply_settings

SIZE = (1600, 1000)
_PARTS = ("PySide6-Essentials", "numpy", "pillow", "scikit-image", "safetensors", "torch")


def run_demo(
    out: Path, images: Path | None = None, minutes: float = 2.0, studio: Studio | None = None
) -> int:
    """Work the window through every stage; 0 only if each did what it says.

    Leaves in `out`: ``screenshot_NN_….png``, ``project/``, ``samples.png``, ``export.png`` and
    ``report.json``. The person's own data folder stays untouched.

    Raises:
        StudioError: `out` holds something already, or no picture in `images` can be read.
    """
    images = images or resources_dir() / "samples" / "goose"
    _check(out, images)
    _use_a_screen_or_none()
    with _own_data_folder():
        app = QApplication.instance() or make_application()
        assert isinstance(app, QApplication)
        theme.apply(app)
        studio = studio or Studio()
        window = MainWindow(studio, SettingsSession(), PreparedShell)
        apply_settings(studio, window.settings)
        try:
            return _run_stages(window, out, images, minutes)
        finally:
            studio.close()
            window.deleteLater()


def _run_stages(window: MainWindow, out: Path, images: Path, minutes: float) -> int:
    assert isinstance(window.shell, PreparedShell)
    stage = Stage(window, window.shell, out, images, minutes)
    window.resize(*SIZE)
    window.show()
    window.studio.warm_up()
    report: dict[str, Any] = {
        "studio": __version__,
        "machine": about_machine(),
        "cores": os.cpu_count(),
        "versions": {name: _version(name) for name in _PARTS},
        "stages": [],
    }
    failure = ""
    for step in STAGES:
        name = step.__name__.replace("_", " ")
        print(f"{name} …", flush=True)  # noqa: T201  (a command-line program)
        problem, figures = _played(step, stage)
        report["stages"].append({"stage": name, "ok": not problem, **figures})
        if problem:
            failure = f"{name}: {problem}"
            break
    report["ok"], report["failure"] = not failure, failure
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"failed – {failure}" if failure else f"all {len(STAGES)} stages done: {out}")  # noqa: T201
    return 1 if failure else 0


def _played(step: Callable[[Stage], None], stage: Stage) -> tuple[str, dict[str, Any]]:
    """What went wrong, empty if nothing did, and the figures of the stage."""
    problem, watch = "", Stopwatch()
    stage.figures.clear()
    stage.gauge.start()
    try:
        step(stage)
    except (StageError, StudioError, AssertionError) as error:
        problem = str(error) or type(error).__name__
        stage.shoot("failed")
    stage.gauge.stop()
    gaps = asdict(stage.gauge.take())
    return problem, {"seconds": watch.seconds, **stage.figures, "event_loop_gap_ms": gaps}


def _check(out: Path, images: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StudioError(f"“{out}” is not an empty folder.", "Give a new one with --out.")
    require_pictures([images])
    out.mkdir(parents=True, exist_ok=True)


def _use_a_screen_or_none() -> None:
    """Offscreen where there is no display (only Linux can be without)."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@contextmanager
def _own_data_folder() -> Iterator[None]:
    """Projects, models and settings of the demo go to a folder that is gone afterwards."""
    before = os.environ.get("STUDIO_DATA_DIR")
    with tempfile.TemporaryDirectory(prefix="studio-demo-") as folder:
        os.environ["STUDIO_DATA_DIR"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["STUDIO_DATA_DIR"]
            else:
                os.environ["STUDIO_DATA_DIR"] = before


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "?"
