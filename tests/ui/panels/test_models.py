"""The models panel: what the library holds, and what can be done with it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from studio.app import model_shelf
from studio.app.lanes import Job, once
from studio.app.notifications import Notification
from studio.app.studio import Studio
from studio.core.files import sha256_of
from studio.engine.api import MODEL_KEY
from studio.errors import StudioError
from studio.project.library import read_header
from studio.ui.dialogs.blend_models import ModelBlendSheet
from studio.ui.panels.models import PANEL, ModelsPanel
from tests.support.fake_generator import make_model
from tests.support.fakes import FakeEngine
from tests.support.studios import show_panel


@pytest.fixture(autouse=True)
def no_trash(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without a trash: tests must not fill that of whoever runs them."""
    monkeypatch.setattr(model_shelf, "move_to_trash", lambda _file: None)


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> ModelsPanel:
    return show_panel(PANEL, ModelsPanel, studio, qtbot, 292, 380)


@pytest.fixture
def two(panel: ModelsPanel, studio: Studio, qtbot: QtBot, tmp_path: Path) -> ModelsPanel:
    """Two models in the library, the newer one with a picture."""
    samples = [QImage(32, 32, QImage.Format.Format_RGB32) for _ in range(4)]
    for sample in samples:
        sample.fill(Qt.GlobalColor.red)
    model_shelf.keep(make_model(tmp_path / "a.safetensors", "vae"), "Icons")
    model_shelf.keep(make_model(tmp_path / "b.safetensors", "stylegan", 64), "Geese", samples)
    studio.refresh_models()
    qtbot.waitUntil(lambda: panel.list.count() == 2)
    return panel


def titles(panel: ModelsPanel) -> set[str]:
    return {panel.list.row(place).title for place in range(panel.list.count())}


def place_of(panel: ModelsPanel, title: str) -> int:
    return next(p for p in range(panel.list.count()) if panel.list.row(p).title == title)


def choose(panel: ModelsPanel, title: str) -> None:
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.list.model().index(place_of(panel, title), 0))


def test_an_empty_library_says_where_models_come_from(panel: ModelsPanel) -> None:
    assert panel.empty.isVisible()
    assert not panel.list.isVisible()


def test_models_are_listed_with_what_is_known_of_them(two: ModelsPanel, qtbot: QtBot) -> None:
    assert two.heading.text() == "2 models"
    assert titles(two) == {"Geese", "Icons"}
    place = place_of(two, "Geese")
    assert two.list.row(place).detail.startswith("Style GAN · 64 px")
    qtbot.waitUntil(lambda: two.list.row(place).image is not None)
    assert two.list.row(place_of(two, "Icons")).image is None


def test_double_click_explores(two: ModelsPanel, studio: Studio, qtbot: QtBot) -> None:
    place = place_of(two, "Icons")
    two.list.opened.emit(place)
    qtbot.waitUntil(lambda: two.list.row(place).strong)
    assert studio.latent.state.model == studio.models[place].sha256


def test_f2_renames(two: ModelsPanel, qtbot: QtBot) -> None:
    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        dialog.setTextValue("Symbols")
        dialog.accept()

    choose(two, "Icons")
    QTimer.singleShot(0, answer)
    qtbot.keyClick(two.list, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: titles(two) == {"Geese", "Symbols"})


@pytest.mark.qt_log_ignore("does not support grabbing", extend=True)  # popups, offscreen
def test_what_comes_with_the_studio_stays(
    panel: ModelsPanel, studio: Studio, qtbot: QtBot, tmp_path: Path, starters: Path
) -> None:
    starters.mkdir()
    made = make_model(tmp_path / "made.safetensors")
    shipped = made.rename(starters / f"{sha256_of(made)}.safetensors")
    studio.refresh_models()
    qtbot.waitUntil(lambda: panel.list.count() == 1)
    assert "built in" in panel.list.row(0).detail
    panel.list.setCurrentIndex(panel.list.model().index(0, 0))
    for key in (Qt.Key.Key_F2, Qt.Key.Key_Delete):
        qtbot.keyClick(panel.list, key)  # neither asks
    panel.list.menu_requested.emit(0, QPoint(40, 40))
    menu = panel.findChild(QMenu)
    assert menu is not None
    able = {action.text(): action.isEnabled() for action in menu.actions()}
    assert able["Explore"]
    assert not able["Rename…"]
    assert not able["Move to trash…"]
    menu.close()
    with pytest.raises(StudioError, match="comes with the studio"):
        model_shelf.remove(shipped.stem)
    assert shipped.exists()


@pytest.mark.parametrize(("button", "left"), [("Keep", 2), ("Move to trash", 1)])
def test_delete_asks_first(
    two: ModelsPanel, studio: Studio, qtbot: QtBot, button: str, left: int
) -> None:
    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert "Geese" in box.text()
        next(b for b in box.buttons() if b.text() == button).click()

    choose(two, "Geese")
    path = studio.models[place_of(two, "Geese")].path
    QTimer.singleShot(0, answer)
    qtbot.keyClick(two.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: two.list.count() == left and not studio.lanes["io"].busy)
    assert path.exists() == (left == 2)
    assert path.with_suffix(".png").exists() == (left == 2)


@pytest.mark.qt_log_ignore("does not support grabbing", extend=True)  # popups, offscreen
def test_the_menu_offers_everything(two: ModelsPanel) -> None:
    choose(two, "Icons")
    two.list.menu_requested.emit(place_of(two, "Icons"), QPoint(40, 40))
    menu = two.findChild(QMenu)
    assert menu is not None
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["Explore", "Rename…", "Blend with…", "Show in folder", "Move to trash…"]
    menu.close()


def test_a_model_file_can_be_brought_in(
    panel: ModelsPanel, studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    panel.take((make_model(tmp_path / "From a friend.safetensors"),))
    qtbot.waitUntil(lambda: titles(panel) == {"From a friend"})
    assert studio.latent.state.model == studio.models[0].sha256


def test_an_import_shows_how_far_it_is_and_can_be_ended(
    panel: ModelsPanel, studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    held = threading.Event()
    studio.lanes["io"].submit(Job(once(lambda _control: held.wait(60)), priority=1))
    for name in ("cats.pkl", "dogs.pkl"):
        (tmp_path / name).write_bytes(b"")
        panel.take((tmp_path / name,))
    assert panel.coming.isVisible()
    assert panel.coming.text.text() == "Importing cats.pkl"
    panel.coming.cancel.click()
    assert not panel.coming.isVisible()
    held.set()
    qtbot.waitUntil(lambda: not studio.lanes["io"].busy)
    assert not model_shelf.all_models()


def test_an_import_that_fails_is_told(
    panel: ModelsPanel, studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    engine = studio.host.get()
    assert isinstance(engine, FakeEngine)
    engine.fail["import"] = StudioError("“cats.pkl” wants to run “os.system”.", "Do not.")
    panel.take((tmp_path / "cats.pkl",))
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].message.startswith("“cats.pkl”")
    assert not panel.coming.isVisible()


def test_other_files_are_refused_in_words(
    panel: ModelsPanel, studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    picture, broken = tmp_path / "cat.png", tmp_path / "broken.safetensors"
    broken.write_bytes(b"\0" * 20)
    panel.take((picture, broken))
    qtbot.waitUntil(lambda: len(told) == 2)
    assert "“cat.png” is not a model file." in told[0].message
    assert "broken.safetensors" in told[1].message
    assert not model_shelf.all_models()


@pytest.mark.qt_log_ignore("does not support grabbing", extend=True)  # popups, offscreen
def test_two_models_of_one_kind_are_blended_from_a_level_on(
    two: ModelsPanel, studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_shelf.keep(make_model(tmp_path / "c.safetensors", "stylegan", 64, step=7), "Ducks")
    studio.refresh_models()
    qtbot.waitUntil(lambda: two.list.count() == 3)
    studio.project.create("Birds", tmp_path / "Birds")  # which looks around for what can be trained
    qtbot.waitUntil(lambda: "stylegan" in studio.training.families)

    def choose(sheet: ModelBlendSheet) -> bool:
        sheet.share_slider.set_value(25)
        sheet.level_choice.set_value("From 32 px: coarser levels stay")
        return True

    monkeypatch.setattr(ModelBlendSheet, "exec", choose)
    place = place_of(two, "Geese")
    two.list.menu_requested.emit(place, QPoint())
    menu = two.findChild(QMenu)
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Blend with…").trigger()
    menu.close()
    qtbot.waitUntil(lambda: "Geese with Ducks" in titles(two))
    qtbot.waitUntil(lambda: studio.latent.card is not None)
    header = json.loads(read_header(studio.latent.card.path)[MODEL_KEY])
    parents = header["blend_of"]
    assert [(parent["share"], parent["from"]) for parent in parents] == [(0.75, 32), (0.25, 32)]
