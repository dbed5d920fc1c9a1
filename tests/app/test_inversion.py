"""Starting from a picture: at once where the model encodes, else by a search."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.core.control import RunControl
from studio.core.image import Image
from studio.engine.api import Inverted
from tests.support.fake_generator import FakeGenerator
from tests.support.studios import open_model, running_studio
from tests.support.waiting import wait_for, wait_until_calm

GRAY = np.full((8, 8, 3), 0.5, np.float32)
RED = np.zeros((8, 8, 3), np.float32) + np.array([0.9, 0.1, 0.1], np.float32)


@pytest.fixture
def studio(qtbot: QtBot) -> Iterator[Studio]:
    yield from running_studio()


def test_a_model_that_encodes_takes_the_pad_there(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot)
    progress: list[float | None] = []
    studio.inversion.changed.connect(lambda: progress.append(studio.inversion.progress))
    with qtbot.waitSignal(studio.inversion.found):
        studio.inversion.start_from(lambda _control: GRAY)
    assert progress == [0.0, 1.0, None]
    state = studio.latent.state
    assert state.point.describe() == "from a picture"
    assert (state.truncation, state.corners[0], state.pad) == (1.0, state.point, (0.0, 0.0))
    studio.latent.drag_pad(0.0, 0.0)
    assert studio.latent.state.point.describe() == "from a picture"


def test_any_other_searches_and_shows_how_near_it_is(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot, "stylegan")
    seen: list[object] = []
    studio.inversion.changed.connect(lambda: seen.append(studio.inversion.picture))
    with qtbot.waitSignal(studio.inversion.found):
        studio.inversion.start_from(lambda _control: RED)
    assert len({id(picture) for picture in seen if picture is not None}) == 3
    assert studio.inversion.picture is None
    assert studio.documents.undo_stack.count() == 1


def test_a_search_can_be_cancelled_and_changes_nothing(
    studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_model(studio, qtbot, "stylegan")
    gate = threading.Event()
    invert = FakeGenerator.invert

    def slow(self: FakeGenerator, image: Image, control: RunControl) -> Iterator[Inverted]:
        for found in invert(self, image, control):
            yield found
            gate.wait(10)

    monkeypatch.setattr(FakeGenerator, "invert", slow)
    before = studio.latent.state
    studio.inversion.start_from(lambda _control: RED)
    wait_for(qtbot, lambda: studio.inversion.picture is not None)
    studio.inversion.cancel()
    gate.set()
    wait_until_calm(qtbot, studio)
    assert studio.inversion.progress is None
    assert studio.latent.state == before


def test_what_the_model_cannot_make_is_told(
    studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_model(studio, qtbot)
    invert = FakeGenerator.invert

    def far(self: FakeGenerator, image: Image, control: RunControl) -> Iterator[Inverted]:
        for found in invert(self, image, control):
            yield Inverted(found.share, found.point, found.image, 0.4)

    monkeypatch.setattr(FakeGenerator, "invert", far)
    with qtbot.waitSignal(studio.notifications.posted) as told:
        studio.inversion.start_from(lambda _control: RED)
    assert "only 40% near" in told.args[0].message
