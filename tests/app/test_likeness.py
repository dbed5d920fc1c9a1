"""Is it a copy? What a person is shown, and what is told at an export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.export_plan import ExportPlan
from studio.app.likeness import Comparison
from studio.app.notifications import Notification
from studio.app.qimage import pixels8_of_qimage
from studio.app.studio import Studio
from studio.engine.api import open_dataset
from studio.engine.health.report import Nearest
from studio.ui.dialogs.nearest import NearestSheet
from tests.support.patient import PatientEngine
from tests.support.studios import add_layer, open_model


@pytest.fixture
def told(studio: Studio) -> list[Notification]:
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    return told


@pytest.fixture
def compared(studio: Studio) -> list[Comparison]:
    compared: list[Comparison] = []
    studio.likeness.compared.connect(compared.append)
    return compared


@pytest.fixture
def explored(studio: Studio, qtbot: QtBot, picture_folder: Path) -> Studio:
    """A project with images and a model in view."""
    studio.project.create("Geese")
    studio.dataset.take_in([picture_folder])
    qtbot.waitUntil(lambda: studio.dataset.info is not None)
    open_model(studio, qtbot)
    return studio


def test_the_picture_in_view_is_held_beside_the_nearest(
    explored: Studio, compared: list[Comparison], qtbot: QtBot
) -> None:
    explored.latent.comparison_wanted.emit(explored.latent.state.point)
    qtbot.waitUntil(lambda: bool(compared))
    assert explored.dataset.info is not None
    assert compared[0].name == explored.dataset.info.names[1]
    assert (compared[0].made.width(), compared[0].yours.width()) == (32, 256)
    sheet = NearestSheet(compared[0])
    qtbot.addWidget(sheet)
    assert sheet.sentence.text().startswith("New")


def test_yours_is_shown_mirrored_where_it_is_nearer_like_that(
    explored: Studio,
    engine: PatientEngine,
    compared: list[Comparison],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [Nearest(1, 1.0, is_copy=False, mirrored=True)]
    monkeypatch.setattr(engine, "nearest", lambda _dataset, _pictures: found)
    explored.latent.comparison_wanted.emit(explored.latent.state.point)
    qtbot.waitUntil(lambda: bool(compared))
    assert explored.dataset.info is not None
    info, pixels = open_dataset(explored.dataset.info.folder)
    shown = pixels8_of_qimage(compared[0].yours)[..., :3]
    assert np.array_equal(shown, np.asarray(pixels[1])[:, ::-1, :3])
    assert compared[0].title == f"{info.names[1]}, mirrored"


def test_a_layer_that_is_a_copy_is_called_one(
    explored: Studio, engine: PatientEngine, compared: list[Comparison], qtbot: QtBot
) -> None:
    engine.copies = True
    add_layer(explored, "Seed 7", seed=7)
    layer = explored.documents.active_layer
    assert layer is not None
    explored.likeness.compare_layer(layer)
    qtbot.waitUntil(lambda: bool(compared))
    sheet = NearestSheet(compared[0])
    qtbot.addWidget(sheet)
    assert sheet.sentence.text().startswith("Looks like a copy")


@pytest.mark.parametrize("copies", [False, True])
def test_an_export_is_never_blocked_and_tells_of_copies(
    explored: Studio,
    engine: PatientEngine,
    told: list[Notification],
    qtbot: QtBot,
    tmp_path: Path,
    copies: bool,
) -> None:
    engine.copies = copies
    add_layer(explored, "A photograph")
    add_layer(explored, "Seed 7", seed=7)
    explored.exchange.export(ExportPlan.of_file(tmp_path / "poster.png"))
    qtbot.waitUntil(lambda: not explored.lanes["io"].busy)
    assert (tmp_path / "poster.png").exists()
    warnings = [note.message for note in told if note.tone == "attention"]
    assert (
        warnings
        == ["“Seed 7” looks like a copy of images that the model learned from."][: int(copies)]
    )


def test_without_images_there_is_nothing_to_compare_with(
    studio: Studio, told: list[Notification], qtbot: QtBot
) -> None:
    studio.project.create("Empty")
    open_model(studio, qtbot)
    studio.likeness.compare_point(studio.latent.state.point)
    qtbot.waitUntil(lambda: bool(told))
    assert "no images to compare with" in told[0].message
