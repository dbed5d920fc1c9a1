"""Dragging points without the page: a search is watched, stopped, or thrown away."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.core.control import RunControl
from studio.engine.api import Dragged, DragTask
from tests.support.fake_generator import FakeGenerator
from tests.support.studios import open_model
from tests.support.waiting import wait_for, wait_until_calm

MOVE = ((0.2, 0.5), (0.6, 0.5))


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Searches wait for it after each step."""
    gate, drag = threading.Event(), FakeGenerator.drag

    def slow(self: FakeGenerator, task: DragTask, control: RunControl) -> Iterator[Dragged]:
        for reached in drag(self, task, control):
            yield reached
            gate.wait(10)

    monkeypatch.setattr(FakeGenerator, "drag", slow)
    return gate


@pytest.fixture
def studio(studio: Studio, gate: threading.Event, qtbot: QtBot) -> Iterator[Studio]:
    open_model(studio, qtbot, "stylegan")
    yield studio
    gate.set()


def test_a_search_is_watched_and_stopped_where_it_has_come(
    studio: Studio, gate: threading.Event, qtbot: QtBot
) -> None:
    before = studio.latent.state.point
    studio.drags.add(MOVE)
    studio.drags.start()
    wait_for(qtbot, lambda: studio.drags.picture is not None)
    assert studio.latent.state.point == before
    studio.drags.stop()
    gate.set()
    wait_until_calm(qtbot, studio)
    assert studio.latent.state.point != before
    assert studio.documents.undo_stack.count() == 1
    studio.documents.undo_stack.undo()
    assert studio.latent.state.point == before


def test_a_cancelled_search_leaves_the_picture_and_the_points(
    studio: Studio, gate: threading.Event, qtbot: QtBot
) -> None:
    before = studio.latent.state.point
    studio.drags.add(MOVE)
    studio.drags.start()
    wait_for(qtbot, lambda: studio.drags.picture is not None)
    studio.drags.cancel()
    gate.set()
    wait_until_calm(qtbot, studio)
    assert studio.latent.state.point == before
    assert studio.drags.moves == (MOVE,)
    assert studio.drags.handles == (MOVE[0],)


def test_another_model_has_other_points(
    studio: Studio, gate: threading.Event, qtbot: QtBot
) -> None:
    gate.set()
    studio.drags.add(MOVE)
    open_model(studio, qtbot, "vae")
    assert studio.drags.moves == ()
