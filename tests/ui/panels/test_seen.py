"""What was looked at is remembered by itself, found, starred, tagged, and returned to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app import seen_session
from studio.app.qimage import from_qimage
from studio.app.studio import Studio
from studio.core.latent import LatentPoint
from studio.ui.explorer.pages.seen import SeenPage
from tests.support.studios import open_model
from tests.support.waiting import wait_for, wait_until_calm

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def soon_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_session, "REST_MS", 20)


def show(studio: Studio, qtbot: QtBot) -> SeenPage:
    page = SeenPage(studio)
    qtbot.addWidget(page)
    page.resize(356, 300)
    page.show()
    return page


def look_at(studio: Studio, qtbot: QtBot, *seeds: int) -> None:
    wait_for(qtbot, lambda: len(studio.seen) > 0)  # what the explorer began with
    for seed in seeds:
        before = len(studio.seen)
        studio.latent.pick(LatentPoint.of_seed(seed, 0.8))
        wait_for(qtbot, lambda before=before: len(studio.seen) > before)
    wait_until_calm(qtbot, studio)


def test_looking_is_remembered_and_survives(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    studio.project.create("Foxes", tmp_path / "Foxes.studio")
    model = open_model(studio, qtbot)
    look_at(studio, qtbot, 5, 6)
    assert [entry.title for entry in studio.seen.found] == ["seed 6", "seed 5", "seed 0"]
    studio.latent.pick(LatentPoint.of_seed(5, 0.8))
    wait_for(qtbot, lambda: studio.seen.found[0].title == "seed 5")
    assert len(studio.seen) == 3
    wait_until_calm(qtbot, studio)
    studio.project.close()
    assert studio.seen.found == []
    studio.project.open(tmp_path / "Foxes.studio")
    wait_for(qtbot, lambda: len(studio.seen.found) == 3)
    assert {entry.model for entry in studio.seen.found} == {model}


def test_a_click_returns_and_the_grid_shows_what_was_seen(studio: Studio, qtbot: QtBot) -> None:
    studio.project.create("Foxes")
    open_model(studio, qtbot)
    look_at(studio, qtbot, 5, 6, 7)
    page = show(studio, qtbot)
    found = studio.seen.found
    wait_for(qtbot, lambda: all(studio.seen.picture(entry) for entry in found))
    picture = studio.seen.picture(found[2])
    assert picture is not None
    assert picture.point.seed == 5
    made = studio.host.get().load(studio.latent.card.path).sample([picture.point])[0]
    assert np.abs(from_qimage(picture.image)[..., :3] - made).mean() < 0.03
    QTest.mouseClick(page.grid.viewport(), LEFT, pos=page.grid.cell_rect(2).center())
    wait_for(qtbot, lambda: studio.latent.state.point.seed == 5)
    studio.seen.remember(picture.point, found[2].model, picture.image)
    wait_until_calm(qtbot, studio)
    assert [e.key for e in studio.seen.found] == [e.key for e in found], "it stays in its place"
    studio.documents.undo_stack.undo()
    assert studio.latent.state.point.seed == 7
    QTest.keyClick(page.grid, Qt.Key.Key_S)
    wait_for(qtbot, lambda: studio.latent.state.favorites)
    page.starred.click()
    wait_for(qtbot, lambda: page.grid.count() == 1)
    studio.documents.undo_stack.undo()
    wait_for(qtbot, lambda: page.grid.count() == 0)
    wait_until_calm(qtbot, studio)


def test_words_and_tags_find(studio: Studio, qtbot: QtBot) -> None:
    studio.project.create("Foxes")
    open_model(studio, qtbot)
    look_at(studio, qtbot, 51, 62)
    page = show(studio, qtbot)
    studio.seen.set_tags(studio.seen.found[1], ["red fox"])
    wait_for(qtbot, lambda: studio.seen.found[1].tags)
    QTest.keyClicks(page.words, "fox")
    wait_for(qtbot, lambda: page.grid.count() == 1)
    assert studio.seen.found[0].title == "seed 51"
    page.words.setText("zebra")
    wait_for(qtbot, page.empty.isVisible)
    assert page.empty.title.text() == "Nothing found"
    wait_until_calm(qtbot, studio)
