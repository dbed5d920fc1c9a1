"""The sheet of shortcuts in the real window: found, recorded, taken, reset, at work at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.settings import SettingsSession
from studio.app.studio import Studio
from studio.ui import theme
from studio.ui.command_palette import CommandPalette
from studio.ui.command_rows import ID, KEYS
from studio.ui.dialogs.shortcuts import ShortcutSheet
from studio.ui.main_window import MainWindow
from tests.support.fakes import FakeEngine
from tests.support.waiting import wait_for


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app)
    window = MainWindow(Studio(FakeEngine), SettingsSession())
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w.leaving, "ready", True))
    window.show()
    wait_for(qtbot, lambda: window.is_painted)
    yield window
    window.studio.close()


@pytest.fixture
def sheet(window: MainWindow, qtbot: QtBot) -> ShortcutSheet:
    sheet = ShortcutSheet(window.commands, window)
    qtbot.addWidget(sheet)
    sheet.show()
    qtbot.waitExposed(sheet)
    return sheet


def record(sheet: ShortcutSheet, qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    sheet.change_button.click()
    assert sheet.recorder.recording
    qtbot.keyClick(sheet.recorder, key, modifiers)


CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def test_new_keys_are_at_work_at_once(
    sheet: ShortcutSheet, window: MainWindow, qtbot: QtBot
) -> None:
    sheet.choose("file.save")
    record(sheet, qtbot, Qt.Key.Key_F8, NONE)
    assert window.commands["file.save"].shortcut().toString() == "F8"
    assert sheet.list.currentIndex().data(KEYS) == "F8"
    sheet.reset_button.click()
    assert window.commands["file.save"].shortcut().toString() == "Ctrl+S"


def test_a_conflict_is_shown_and_nothing_happens_until_it_is_meant(
    sheet: ShortcutSheet, window: MainWindow, qtbot: QtBot
) -> None:
    sheet.choose("file.save")
    record(sheet, qtbot, Qt.Key.Key_K, CTRL)
    assert "belongs to" in sheet.told.text()
    assert window.commands["file.save"].shortcut().toString() == "Ctrl+S"
    sheet.take_button.click()
    assert window.commands["file.save"].shortcut().toString() == "Ctrl+K"
    assert window.commands["help.palette"].shortcut().toString() != "Ctrl+K"
    sheet.reset_all_button.click()
    assert window.commands["help.palette"].shortcut().toString() == "Ctrl+K"


def test_escape_keeps_the_old_keys_and_tab_can_be_recorded(
    sheet: ShortcutSheet, window: MainWindow, qtbot: QtBot
) -> None:
    sheet.choose("file.save")
    record(sheet, qtbot, Qt.Key.Key_Escape, NONE)
    assert sheet.isVisible()
    assert window.commands["file.save"].shortcut().toString() == "Ctrl+S"
    record(sheet, qtbot, Qt.Key.Key_Tab, NONE)
    assert "belongs to “Show or Hide All Panels”" in sheet.told.text()


def test_commands_are_found_by_name_and_by_keys(sheet: ShortcutSheet) -> None:
    sheet.search.setText("ctrl+k")
    model = sheet.list.model()
    assert "help.palette" in {model.index(row, 0).data(ID) for row in range(model.rowCount())}
    sheet.search.setText("gaussian")
    assert sheet.list.model().rowCount() == 0  # it has no keys
    sheet.shown.button("all").click()
    assert sheet.list.model().index(0, 0).data(ID) == "adjust.gaussian_blur"
    sheet.search.setText("")
    sheet.shown.button("changed").click()
    assert sheet.list.model().rowCount() == 0


def test_the_palette_finds_every_command_and_shows_its_keys(
    sheet: ShortcutSheet, window: MainWindow, qtbot: QtBot
) -> None:
    sheet.choose("file.save")
    record(sheet, qtbot, Qt.Key.Key_F8, NONE)
    palette = CommandPalette(window.commands, window)
    qtbot.addWidget(palette)
    palette._search("")
    assert {*palette.shown_ids(), "help.palette"} == {row.id for row in window.commands.table}
    palette._search("save")
    rows = {palette._model.item(row).data(ID): row for row in range(palette._model.rowCount())}
    assert palette._model.item(rows["file.save"]).data(KEYS) == "F8"
