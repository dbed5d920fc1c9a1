"""The start of the window: fast to the first paint, everything heavy after it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from studio import __version__, log
from studio.app import incoming
from studio.app.crash import CrashHandler, CrashReport, take_last_trace
from studio.app.settings import SettingsSession
from studio.app.studio import Studio
from studio.errors import StudioError
from studio.ui import theme
from studio.ui.dialogs.crash import LAST_TIME, CrashSheet
from studio.ui.main_window import MainWindow, apply_settings

USAGE_ERROR = 2
# How long a lane may hold the interpreter while the window wants it: a fifth of Python's default.
# Zooming with tiles on their way, p99: 22.7 ms instead of 28.6 (tests/benchmarks/bench_canvas.py).
SWITCH_SECONDS = 0.001


def main(arguments: Sequence[str]) -> int:
    """Open the window, with a project folder if one is given; returns the exit status."""
    try:
        project = _project_of(arguments)
        app = make_application()
    except StudioError as error:
        print(f"studio: {error}", file=sys.stderr)  # noqa: T201  (there is no window to tell it)
        return USAGE_ERROR
    log.start_logging()
    last_trace = take_last_trace()
    studio, settings = Studio(), SettingsSession()
    theme.apply(app, theme.THEMES[settings.values.theme])
    window = MainWindow(studio, settings)
    apply_settings(studio, settings)
    crashes = CrashHandler(studio.project.save_emergency_copy)
    crashes.install()
    crashes.crashed.connect(lambda report: CrashSheet(report, parent=window).open())
    window.painted.connect(lambda: _after_first_paint(window, project, last_trace))
    _close_on_signals(window)
    window.show()
    try:
        return app.exec()
    finally:
        studio.close()
        crashes.uninstall()
        log.stop_logging()


def make_application() -> QApplication:
    """The application object with its name and attributes, in an interpreter that takes turns.

    Raises:
        StudioError: there is no screen to open a window on.
    """
    _demand_screen()
    sys.setswitchinterval(SWITCH_SECONDS)
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication([sys.argv[0] if sys.argv else "studio"])
    app.setApplicationName("latent-studio")
    app.setApplicationDisplayName("Latent Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("latent-studio")
    return app


def _after_first_paint(
    window: MainWindow, project: Path | None, last_trace: CrashReport | None
) -> None:
    studio = window.studio
    studio.warm_up()
    if project is None and window.settings.values.reopen_last:
        project = next((recent.folder for recent in studio.project.recent()), None)
    if project is not None:
        studio.project.open(project)
    if last_trace is not None:
        CrashSheet(last_trace, LAST_TIME, window).open()


def _project_of(arguments: Sequence[str]) -> Path | None:
    if not arguments:
        return None
    folder = Path(arguments[0])
    if not incoming.is_project(folder):
        raise StudioError(
            f"“{arguments[0]}” is neither a command nor a project folder.",
            "Give the folder of a project, or see: python -m studio --help",
        )
    return folder.absolute()


def _demand_screen() -> None:
    """Qt ends the process where it finds no display; say what to do instead."""
    chosen = {"QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    if sys.platform.startswith("linux") and not chosen:
        raise StudioError(
            "There is no screen to open a window on.",
            "Run it in a desktop session, or use the command line: python -m studio --help",
        )


def _close_on_signals(window: MainWindow) -> None:
    """Ctrl-C and a polite kill close the window as its cross does; the clock lets Python see it."""

    def close(_number: int, _frame: FrameType | None) -> None:
        window.close()

    signal.signal(signal.SIGINT, close)
    signal.signal(signal.SIGTERM, close)
