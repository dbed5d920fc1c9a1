"""Asking for files: what is chosen comes back, and the next question starts there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from studio.ui.dialogs import files
from studio.ui.dialogs.files import ImagesDialog


@pytest.fixture(autouse=True)
def own_dialogs(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setenv("STUDIO_NO_NATIVE_DIALOGS", "1")


def answer(act: Callable[[QFileDialog], None]) -> None:
    """Do something with the dialog that comes up next."""

    def later() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        act(dialog)

    QTimer.singleShot(0, later)


def test_a_whole_folder_can_be_taken(picture_folder: Path, qtbot: QtBot) -> None:
    dialog = ImagesDialog(None, picture_folder)
    qtbot.addWidget(dialog)
    dialog.whole_folder.click()
    assert dialog.chosen == (picture_folder,)
    assert dialog.result() == QFileDialog.DialogCode.Accepted


def test_the_dialog_is_read_at_a_glance(picture_folder: Path, qtbot: QtBot) -> None:
    dialog = ImagesDialog(None, picture_folder)
    qtbot.addWidget(dialog)
    kinds = dialog.findChild(QComboBox, "fileTypeCombo")
    assert kinds is not None
    assert kinds.currentText() == "Pictures"  # and not what twenty suffixes they have
    back = dialog.findChild(QToolButton, "backButton")
    assert back is not None
    assert back.icon().name() == "chevron-left"


def test_single_files_can_be_taken(picture_folder: Path) -> None:
    file = sorted(picture_folder.iterdir())[3]

    def choose(dialog: QFileDialog) -> None:
        dialog.setDirectory(str(picture_folder))
        dialog.selectFile(file.name)
        dialog.accept()

    answer(choose)
    assert files.ask_images(None) == (file,)


def test_thinking_better_of_it_is_no_answer() -> None:
    answer(lambda dialog: dialog.reject())
    assert files.ask_images(None) == ()
    answer(lambda dialog: dialog.reject())
    assert files.ask_project(None) is None


def test_the_next_question_starts_where_the_last_answer_was(tmp_path: Path) -> None:
    place = tmp_path / "copies"
    place.mkdir()

    def save(dialog: QFileDialog) -> None:
        dialog.setDirectory(str(place))
        dialog.selectFile("Geese")
        dialog.accept()

    answer(save)
    assert files.ask_new_folder(None, "Geese copy") == place / "Geese.studio"
    seen: list[str] = []

    def look(dialog: QFileDialog) -> None:
        seen.append(dialog.directory().absolutePath())
        dialog.reject()

    answer(look)
    assert files.ask_new_folder(None, "Geese copy") is None
    assert seen == [str(place)]


def test_a_project_folder_is_chosen_as_a_folder(tmp_path: Path) -> None:
    project = tmp_path / "Geese.studio"
    project.mkdir()

    def choose(dialog: QFileDialog) -> None:
        dialog.setDirectory(str(tmp_path))
        dialog.selectFile(str(project))
        dialog.accept()

    answer(choose)
    assert files.ask_project(None) == project
