"""What every test gets: its own data folder, no network, no noise, and nothing left running."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.dangling import QtWatch
from tests.support.fakes import FakeEngine
from tests.support.logs import LogGuard
from tests.support.pictures import make_pictures

pytest_plugins = ["tests.support.patient"]

settings.register_profile("studio", deadline=None, max_examples=40, database=None)
settings.load_profile("studio")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--onscreen", action="store_true", help="show the windows of the tests")


def pytest_configure(config: pytest.Config) -> None:
    """Before anything imports Qt or torch: no screen, and one thread for all number crunching.

    Then pytest-qt waits as long as our own waiting does.
    """
    if not config.getoption("--onscreen"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from pytestqt.qtbot import QtBot

    from tests.support.waiting import PATIENCE

    for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals):
        wait.__kwdefaults__["timeout"] = round(PATIENCE * 1000)


def pytest_sessionfinish() -> None:
    """The rest of the garbage goes while Qt is still there, and what a test put on the clipboard:
    without a screen Qt destroys that after Python has ended, which crashes.
    """
    from PySide6.QtGui import QGuiApplication

    gc.collect()
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's data folder, empty and only for this test."""
    folder = tmp_path / "user-data"
    monkeypatch.setenv("STUDIO_DATA_DIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def starters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of the models that come with the studio: none, until the test puts some there."""
    folder = tmp_path / "starters"
    monkeypatch.setattr("studio.project.library.starters_dir", lambda: folder)
    return folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_socket: socket.socket, address: object) -> None:
        raise AssertionError(f"the studio must not use the network, and connected to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(autouse=True)
def log_guard() -> Iterator[LogGuard]:
    """Fails a test that logs a warning or worse which it did not announce with `expect_log`."""
    with LogGuard() as guard:
        yield guard
    guard.verify()


@pytest.fixture
def expect_log(log_guard: LogGuard) -> Callable[[str], None]:
    """``expect_log("could not be read")``: a record that matches must come, and is no failure."""
    return log_guard.expect


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a Qt test that leaves a thread, timer or window behind, naming it and its maker."""
    if not {"qapp", "qtbot"} & set(request.fixturenames):
        yield
        return
    with QtWatch() as watch:
        yield
    watch.verify()


@pytest.fixture(autouse=True)
def garbage_of_this_thread() -> Iterator[None]:
    """What a test left in cycles goes here: in a thread of the next one it would take Qt along."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture
def fake_engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def picture_folder(tmp_path: Path) -> Path:
    """A folder of twelve small PNG pictures, made in code."""
    return make_pictures(tmp_path / "pictures", count=12)
