"""Qt objects in cycles die in the GUI thread, whoever allocates."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.app.garbage import Garbage
from studio.app.lanes import Job, Lane, once
from tests.support.waiting import wait_for


@pytest.fixture
def automatic() -> Iterator[None]:
    """Python's own collection, as in the program."""
    gc.enable()
    yield
    gc.disable()


class Knot(QObject):
    """Can only be collected, for it holds itself."""

    def __init__(self, deaths: list[str]) -> None:
        super().__init__()
        self.itself = self
        weakref.finalize(self, lambda: deaths.append(threading.current_thread().name))


def allocated() -> list[list[int]]:
    """More than enough for everything that is young to be due for collection, while it is held."""
    return [[n] for n in range(50_000)]


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    lane = Lane("test")
    yield lane
    lane.close()


@pytest.fixture
def garbage(qtbot: QtBot, automatic: None) -> Iterator[Garbage]:
    garbage = Garbage()
    yield garbage
    garbage.close()


def test_a_lane_that_allocates_destroys_no_qt_object(
    qtbot: QtBot, garbage: Garbage, lane: Lane
) -> None:
    deaths = list[str]()
    Knot(deaths)
    lane.submit(Job(once(lambda _control: len(allocated()))))
    wait_for(qtbot, lambda: not lane.busy)
    held = allocated()  # what the lane let go of no longer counts as new
    garbage.collect()
    assert deaths == [threading.main_thread().name]
    assert held


def test_python_collects_again_when_the_studio_is_closed(qtbot: QtBot, automatic: None) -> None:
    garbage = Garbage()
    assert not gc.isenabled()
    garbage.close()
    assert gc.isenabled()


def test_what_was_imported_is_gone_through_once(
    garbage: Garbage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = gc.get_freeze_count()
    garbage.collect()
    assert gc.get_freeze_count() == before
    monkeypatch.setattr(garbage, "_modules", 0)
    garbage.collect()
    assert gc.get_freeze_count() > before
    garbage.close()
    assert gc.get_freeze_count() == 0
