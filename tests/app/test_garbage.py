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


def allocate(_control: object) -> int:
    """More than enough for Python to collect everything that is young."""
    return len([[n] for n in range(50_000)])


def test_a_lane_that_allocates_destroys_no_qt_object(qtbot: QtBot, automatic: None) -> None:
    garbage, lane, deaths = Garbage(), Lane("test"), list[str]()
    Knot(deaths)
    lane.submit(Job(once(allocate)))
    wait_for(qtbot, lambda: not lane.busy)
    assert not deaths
    garbage.collect()
    assert deaths == [threading.main_thread().name]
    lane.close()
    garbage.close()


def test_python_collects_again_when_the_studio_is_closed(qtbot: QtBot, automatic: None) -> None:
    garbage = Garbage()
    assert not gc.isenabled()
    garbage.close()
    assert gc.isenabled()


def test_what_was_imported_is_gone_through_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    garbage = Garbage()
    before = gc.get_freeze_count()
    garbage.collect()
    assert gc.get_freeze_count() == before
    monkeypatch.setattr(garbage, "_modules", 0)
    garbage.collect()
    assert gc.get_freeze_count() > before
    garbage.close()
    assert gc.get_freeze_count() == 0
