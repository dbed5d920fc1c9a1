"""Starting from a picture: at once where the model encodes, else by a search."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.difference import error_map
from studio.app.lanes import Job, once
from studio.app.qimage import from_qimage, to_qimage
from studio.app.studio import Studio
from studio.core.control import RunControl
from studio.core.image import Image
from studio.engine.api import Inverted
from studio.project.library import list_models
from tests.support.fake_generator import FakeGenerator
from tests.support.studios import open_model
from tests.support.waiting import wait_for, wait_until_calm

GRAY = np.full((8, 8, 3), 0.5, np.float32)
RED = np.zeros((8, 8, 3), np.float32) + np.array([0.9, 0.1, 0.1], np.float32)


def test_a_model_that_encodes_takes_the_pad_there(studio: Studio, qtbot: QtBot) -> None:
    open_model(studio, qtbot)
    progress: list[float | None] = []
    studio.inversion.changed.connect(lambda: progress.append(studio.inversion.progress))
    with qtbot.waitSignal(studio.inversion.found):
        studio.inversion.start_from(lambda _control: GRAY, "Fog")
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
        studio.inversion.start_from(lambda _control: RED, "Poppy")
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
    studio.inversion.start_from(lambda _control: RED, "Poppy")
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
            yield replace(found, likeness=0.4)

    monkeypatch.setattr(FakeGenerator, "invert", far)
    with qtbot.waitSignal(studio.notifications.posted) as told:
        studio.inversion.start_from(lambda _control: RED, "Poppy")
    assert "only 40% near" in told.args[0].message


def found_red(studio: Studio, qtbot: QtBot) -> str:
    """Start from a red picture; returns the sha256 of the model."""
    model = open_model(studio, qtbot, "stylegan")
    with qtbot.waitSignal(studio.inversion.found):
        studio.inversion.start_from(lambda _control: RED, "Poppy")
    return model


def test_what_was_reached_is_told_of_that_picture_only(studio: Studio, qtbot: QtBot) -> None:
    found_red(studio, qtbot)
    reached = studio.inversion.reached
    assert (reached.name, reached.likeness) == ("Poppy", 1.0)
    studio.steering.add_bend("rotate")
    assert studio.inversion.reached is reached
    studio.latent.go_to_seed(3)
    assert studio.inversion.reached is None


def test_a_tuned_model_is_another_one_and_undo_goes_back(studio: Studio, qtbot: QtBot) -> None:
    model = found_red(studio, qtbot)
    directions = studio.steering.directions
    directions.ensure()
    wait_until_calm(qtbot, studio)
    point, kept = studio.latent.state.point, directions.directions
    with qtbot.waitSignal(studio.models_changed):
        studio.inversion.tune()
    wait_until_calm(qtbot, studio)
    tuned = studio.latent.state.model
    assert tuned != model
    assert studio.latent.state.point == point
    assert directions.directions == kept
    names = {facts.sha256: (facts.name, facts.learned_from) for facts in studio.models}
    assert names[tuned] == ("pictures, tuned to Poppy", "pictures; tuned to a picture from step 0")
    assert studio.inversion.reached.model == tuned
    studio.documents.undo_stack.undo()
    assert studio.latent.state.model == model


def test_a_tuning_that_is_cancelled_leaves_no_model(studio: Studio, qtbot: QtBot) -> None:
    model = found_red(studio, qtbot)
    cancelled = threading.Event()
    studio.lanes["art"].submit(Job(once(lambda _control: cancelled.wait())))
    studio.inversion.tune()
    studio.inversion.cancel()
    cancelled.set()
    wait_until_calm(qtbot, studio)
    assert studio.latent.state.model == model
    assert [library_model.sha256 for library_model in list_models()] == [model]


def test_what_is_missed_glows() -> None:
    wanted = np.full((8, 8, 3), 0.5, np.float32)
    made = wanted.copy()
    made[:4] = 0.9
    seen = from_qimage(error_map(to_qimage(made), to_qimage(wanted)))[..., :3]
    assert seen[:4].mean() > 2 * seen[4:].mean()
    assert np.ptp(seen[4:]) < 0.01
