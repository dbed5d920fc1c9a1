"""Crashes: work is saved first, the person is told once, a trace stays for the next start."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.app.crash import CrashHandler, CrashReport, take_last_trace
from studio.paths import logs_dir


class Crashes:
    """A handler with what it did, in order."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.reports: list[CrashReport] = []
        self.handler = CrashHandler(lambda: self.order.append("rescued"))
        self.handler.crashed.connect(self._hear)
        self.handler.install()

    def _hear(self, report: CrashReport) -> None:
        self.order.append("told")
        self.reports.append(report)


@pytest.fixture
def crashes(qtbot: QtBot, expect_log: Callable[[str], None]) -> Iterator[Crashes]:
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    crashes = Crashes()
    yield crashes
    crashes.handler.uninstall()
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def raise_unexpectedly() -> None:
    try:
        print(1 / 0)
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_work_is_saved_before_anything_is_told(
    crashes: Crashes, expect_log: Callable[[str], None]
) -> None:
    expect_log("Unexpected error")
    raise_unexpectedly()
    assert crashes.order == ["rescued", "told"]
    assert crashes.reports[0].summary == "ZeroDivisionError: division by zero"
    assert "raise_unexpectedly" in crashes.reports[0].details
    assert "Latent Studio" in crashes.reports[0].details


def test_the_same_error_is_told_once(crashes: Crashes, expect_log: Callable[[str], None]) -> None:
    expect_log("Unexpected error")
    for _ in range(3):
        raise_unexpectedly()
    assert crashes.order.count("told") == 1
    assert crashes.order.count("rescued") == 3


def test_an_error_in_a_thread_is_told_in_the_gui_thread(
    qtbot: QtBot, crashes: Crashes, expect_log: Callable[[str], None]
) -> None:
    expect_log("Unexpected error")

    def work() -> None:
        raise KeyError("lost")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert crashes.reports == []
    qtbot.waitUntil(lambda: bool(crashes.reports))
    assert crashes.order == ["told"]  # the emergency copy belongs to the GUI thread
    assert "KeyError" in crashes.reports[0].summary


def test_a_rescue_that_fails_does_not_hide_the_error(
    qtbot: QtBot, crashes: Crashes, expect_log: Callable[[str], None]
) -> None:
    expect_log("The emergency copy could not be written")
    expect_log("Unexpected error")

    def refuse() -> None:
        raise OSError("disk full")

    crashes.handler._rescue = refuse
    raise_unexpectedly()
    assert "ZeroDivisionError" in crashes.reports[0].summary


def test_ctrl_c_is_no_crash(crashes: Crashes, capsys: pytest.CaptureFixture[str]) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert crashes.order == []
    assert "KeyboardInterrupt" in capsys.readouterr().err


def test_a_clean_run_leaves_no_trace(qtbot: QtBot) -> None:
    handler = CrashHandler(lambda: None)
    handler.install()
    handler.uninstall()
    assert list(logs_dir().glob("fault-*")) == []
    assert take_last_trace() is None


def test_a_killed_process_leaves_a_trace_that_is_offered_once() -> None:
    program = (
        "import os\n"
        "from studio.app.crash import CrashHandler\n"
        "handler = CrashHandler(lambda: None)\n"
        "handler.install()\n"
        "os.abort()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, env=os.environ, capture_output=True
    )
    assert done.returncode != 0
    report = take_last_trace()
    assert report is not None
    assert "Aborted" in report.summary
    assert "File" in report.details
    assert take_last_trace() is None
    assert sum(file.stat().st_size for file in logs_dir().iterdir()) < 1_000_000
