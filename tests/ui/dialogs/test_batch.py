"""Recipes and batches in the window: from the edits of a layer to a folder of edited pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.edit_steps import add_step
from studio.app.studio import Studio
from studio.codec.read import read_image
from studio.project.edit_recipes import list_recipes
from studio.ui.dialogs.batch import BatchSheet
from studio.ui.dialogs.recipes import RecipeSheet
from tests.support.studios import add_layer
from tests.support.waiting import wait_for, wait_until_calm


@pytest.fixture
def inverted(studio: Studio) -> Studio:
    """With a layer whose colors are inverted."""
    studio.project.create("Test")
    add_layer(studio, "Photo")
    add_step(studio.documents, "invert")
    return studio


def open_sheet(studio: Studio, qtbot: QtBot, *sources: Path) -> BatchSheet:
    sheet = BatchSheet(studio, sources)
    qtbot.addWidget(sheet)
    sheet.show()
    return sheet


def test_a_recipe_goes_from_layer_to_layer_in_one_step(inverted: Studio, qtbot: QtBot) -> None:
    inverted.recipes.save("Negative")
    other = add_layer(inverted, "Other")
    sheet = RecipeSheet(inverted.recipes)
    qtbot.addWidget(sheet)
    assert sheet.list.row(0).title == "Negative"
    assert sheet.list.row(0).detail == "Invert"
    assert sheet.chosen is not None
    inverted.recipes.apply(sheet.chosen)
    steps = inverted.documents.document.layer(other).edits
    assert [step.operation for step in steps] == ["invert"]
    inverted.documents.undo_stack.undo()
    assert inverted.documents.document.layer(other).edits == ()
    sheet.remove_button.click()
    assert list_recipes() == ()
    assert not sheet.apply_button.isEnabled()


def test_the_edits_of_the_layer_are_applied_to_a_folder(
    inverted: Studio, qtbot: QtBot, picture_folder: Path
) -> None:
    sheet = open_sheet(inverted, qtbot, picture_folder)
    assert sheet.edits.currentText() == "Edits of the layer"
    sheet.run_button.click()
    assert not sheet.fields.isEnabled()
    wait_for(qtbot, lambda: not inverted.batch.running)
    results = sorted((picture_folder / "edited").iterdir())
    assert len(results) == 12
    source = read_image(picture_folder / results[0].name)
    np.testing.assert_allclose(read_image(results[0]), 1 - source, atol=1 / 255)
    assert sheet.told.text() == "12 of 12 edited."
    assert sheet.open_button.isVisible()


def test_bad_pictures_are_listed(inverted: Studio, qtbot: QtBot, picture_folder: Path) -> None:
    (picture_folder / "picture_004.png").write_bytes(b"x")
    sheet = open_sheet(inverted, qtbot, picture_folder)
    sheet.run_button.click()
    wait_for(qtbot, lambda: not inverted.batch.running)
    assert sheet.problems.count() == 1
    assert "“picture_004.png”" in sheet.problems.row(0).detail
    assert sheet.told.text() == "11 of 12 edited."


def test_a_batch_can_be_stopped(inverted: Studio, qtbot: QtBot, picture_folder: Path) -> None:
    told: list[Any] = []
    inverted.notifications.posted.connect(told.append)
    sheet = open_sheet(inverted, qtbot, picture_folder)
    sheet.run_button.click()
    assert sheet.close_button.text() == "Stop"
    sheet.close_button.click()
    wait_for(qtbot, lambda: not inverted.batch.running)
    wait_until_calm(qtbot, inverted)
    assert len(list(picture_folder.glob("edited/*"))) < 12
    assert sheet.isVisible()
    assert "edited" in told[-1].message
    assert sheet.told.text().startswith("Stopped. ") or inverted.batch.progress is None


def test_without_edits_there_is_nothing_to_run(
    studio: Studio, qtbot: QtBot, picture_folder: Path
) -> None:
    sheet = open_sheet(studio, qtbot, picture_folder)
    assert not sheet.run_button.isEnabled()


def test_the_files_of_chosen_images_are_found(
    studio: Studio, qtbot: QtBot, picture_folder: Path
) -> None:
    studio.new_project([picture_folder])
    wait_for(qtbot, lambda: studio.dataset.info)
    found: list[tuple[Path, ...]] = []
    assert studio.dataset.info is not None
    studio.batch.find_images(studio.dataset.info, [2, 5], found.append)
    wait_for(qtbot, lambda: found)
    names = [studio.dataset.info.names[place] for place in (2, 5)]
    assert sorted(file.name for file in found[0]) == sorted(names)
