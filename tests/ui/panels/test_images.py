"""The images panel: empty, taking in, full, with skipped files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.notifications import Notification
from studio.app.studio import Studio
from studio.ui.panels.images import LEAST_GRID, PANEL, ImagesPanel
from tests.support import waiting
from tests.support.patient import PatientEngine
from tests.support.pictures import make_pictures
from tests.support.studios import show_panel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def studio(studio: Studio) -> Studio:
    studio.project.create("Geese")
    return studio


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> ImagesPanel:
    return show_panel(PANEL, ImagesPanel, studio, qtbot, 292, 380)


def drop(panel: ImagesPanel, *paths: Path) -> None:
    """What a file manager does; the offscreen platform has no drags of its own."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    common = (Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(panel, QDragEnterEvent(QPoint(20, 20), *common))
    QApplication.sendEvent(panel, QDropEvent(QPointF(20, 20), *common))


def wait_for(qtbot: QtBot, panel: ImagesPanel, count: int) -> None:
    waiting.wait_for(
        qtbot, lambda: panel.grid.count() == count and "images" in panel.heading.text.text()
    )


def test_an_empty_project_is_a_drop_zone(
    panel: ImagesPanel, qtbot: QtBot, picture_folder: Path
) -> None:
    assert panel.empty.isVisible()
    assert not panel.grid.isVisible()
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    assert panel.heading.text.text() == "12 images · 256 px"
    assert panel.grid.isVisible()
    assert not panel.empty.isVisible()


def test_more_images_join_those_there_are(
    panel: ImagesPanel, qtbot: QtBot, picture_folder: Path, tmp_path: Path
) -> None:
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    more = make_pictures(tmp_path / "more", count=15)
    for file in more.iterdir():
        file.rename(file.with_stem(f"other {file.stem}"))
    drop(panel, more)
    wait_for(qtbot, panel, 27)


def test_taking_in_can_be_followed_and_cancelled(
    panel: ImagesPanel, qtbot: QtBot, engine: PatientEngine, picture_folder: Path, tmp_path: Path
) -> None:
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    engine.may_take_in.clear()
    drop(panel, make_pictures(tmp_path / "more", count=3))
    qtbot.waitUntil(lambda: panel.heading.text.text() == "Taking in 1 of 15")
    assert panel.heading.line.isVisible()
    assert not panel.heading.add.isVisible()
    qtbot.mouseClick(panel.heading.cancel, LEFT)
    wait_for(qtbot, panel, 12)
    assert not panel.heading.line.isVisible()


def test_skipped_files_are_listed_with_their_reasons(
    panel: ImagesPanel, qtbot: QtBot, picture_folder: Path
) -> None:
    (picture_folder / "notes.png").write_text("no picture")
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    assert panel.skipped.notice.label.text() == "1 file skipped"
    assert not panel.skipped.list.isVisible()
    qtbot.mouseClick(panel.skipped.notice.link, LEFT)
    assert panel.skipped.list.isVisible()
    row = panel.skipped.list.row(0)
    assert (row.title, row.detail) == ("notes.png", "It is not a picture.")
    qtbot.mouseClick(panel.skipped.notice.link, LEFT)
    assert not panel.skipped.list.isVisible()


def test_no_skipped_files_no_row(panel: ImagesPanel, qtbot: QtBot, picture_folder: Path) -> None:
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    assert not panel.skipped.isVisible()


def test_a_low_panel_leaves_the_sentence_to_the_tooltips(
    panel: ImagesPanel, qtbot: QtBot, picture_folder: Path
) -> None:
    """At 720 px of window it has 216, and a row of images is whole even under a notice."""
    panel.take((picture_folder,))
    wait_for(qtbot, panel, 12)
    assert panel.framing.sentence.isVisible()
    panel.resize(292, 216)
    assert not panel.framing.sentence.isVisible()
    assert panel.framing.crop.button("center").toolTip() == panel.framing.sentence.text()


def test_nothing_is_squeezed_in_a_low_panel(
    panel: ImagesPanel, qtbot: QtBot, picture_folder: Path
) -> None:
    (picture_folder / "broken.png").write_text("no picture")
    panel.take((picture_folder,))
    wait_for(qtbot, panel, 12)
    panel.resize(292, 150)
    parts = (panel.grid, panel.skipped.notice, panel.framing.shape, panel.framing.crop)
    waiting.wait_for(qtbot, lambda: panel.grid.height() == LEAST_GRID)
    assert all(part.height() >= part.minimumSizeHint().height() for part in parts[1:])
    bottoms = [part.mapTo(panel, part.rect().bottomLeft()).y() for part in parts]
    tops = [part.mapTo(panel, part.rect().topLeft()).y() for part in parts]
    assert all(top > bottom for top, bottom in zip(tops[1:3], bottoms[:2], strict=True))


def test_another_crop_takes_the_same_images_in_again(
    panel: ImagesPanel, studio: Studio, qtbot: QtBot, picture_folder: Path
) -> None:
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    panel.framing.crop.changed.emit("fit")
    qtbot.waitUntil(lambda: studio.dataset.info is not None and studio.dataset.info.crop == "fit")
    wait_for(qtbot, panel, 12)
    assert panel.framing.crop.value() == "fit"
    assert "whole image" in panel.framing.sentence.text()


def test_images_cannot_change_under_a_training(
    panel: ImagesPanel, studio: Studio, qtbot: QtBot, picture_folder: Path, tmp_path: Path
) -> None:
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    assert studio.dataset.info is not None
    studio.training.start(studio.training.recipes[0], studio.dataset.info, 64, 1.0)
    assert not panel.heading.add.isEnabled()
    assert not panel.framing.isEnabled()
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    drop(panel, make_pictures(tmp_path / "more", count=1))
    assert [note.message for note in told] == ["Training is using these images."]
    assert not studio.dataset.busy


def test_a_failed_intake_leaves_the_images_from_before(
    panel: ImagesPanel, studio: Studio, qtbot: QtBot, picture_folder: Path, tmp_path: Path
) -> None:
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    drop(panel, tmp_path / "nowhere")
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].tone == "bad"
    wait_for(qtbot, panel, 12)


def test_another_project_shows_nothing_of_the_last(
    panel: ImagesPanel, studio: Studio, qtbot: QtBot, picture_folder: Path
) -> None:
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    studio.project.create("Otters")
    assert panel.grid.count() == 0
    assert panel.empty.isVisible()


def test_without_a_project_a_drop_begins_one(
    panel: ImagesPanel, studio: Studio, qtbot: QtBot, picture_folder: Path
) -> None:
    studio.project.close()
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    assert studio.project.name == picture_folder.name


def test_another_shape_takes_the_same_images_in_again(
    panel: ImagesPanel, studio: Studio, qtbot: QtBot, picture_folder: Path
) -> None:
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    shape = panel.framing.shape
    assert shape.currentText() == "Auto · square"
    shape.setFocus()
    for _ in range(4):
        QTest.keyClick(shape, Qt.Key.Key_Down)
    assert shape.currentText() == "3:2"
    qtbot.waitUntil(lambda: panel.heading.text.text() == "12 images · 384 × 256 px")
    cell = panel.grid.gridSize()
    assert cell.height() == pytest.approx(cell.width() * 2 / 3, abs=1)
    assert shape.currentText() == "3:2"
    assert shape.itemText(0) == "Auto"


def test_transparency_is_asked_about_where_there_is_some(
    panel: ImagesPanel, studio: Studio, qtbot: QtBot, picture_folder: Path, tmp_path: Path
) -> None:
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    assert not panel.framing.alpha.isVisible()
    Image.new("RGBA", (9, 9), (200, 0, 0, 0)).save(tmp_path / "icon.png")
    drop(panel, tmp_path / "icon.png")
    wait_for(qtbot, panel, 13)
    assert panel.framing.alpha.isVisible()
    assert not panel.framing.alpha.isChecked()
    assert panel.framing.alpha.toolTip().startswith("1 of 13 images have clear parts.")
    qtbot.mouseClick(panel.framing.alpha, LEFT)
    qtbot.waitUntil(lambda: studio.dataset.info is not None and studio.dataset.info.channels == 4)
    assert panel.framing.alpha.isChecked()


def test_what_is_said_of_images_is_told(
    panel: ImagesPanel, qtbot: QtBot, picture_folder: Path, tmp_path: Path
) -> None:
    drop(panel, picture_folder)
    wait_for(qtbot, panel, 12)
    assert not panel.heading.prompts.isVisible()
    for name in ("cats/soft cat", "cats/black cat", "dogs/IMG_1"):
        (tmp_path / "pets" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9), (200, 0, len(name))).save(tmp_path / "pets" / f"{name}.png")
    drop(panel, tmp_path / "pets")
    wait_for(qtbot, panel, 15)
    assert panel.heading.prompts.text() == "3 classes · captions for 2"
