"""The history panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.ui.panels.history import PANEL, HistoryPanel
from tests.support.studios import add_layer, show_panel


def test_a_click_goes_to_a_step_and_back(studio: Studio, qtbot: QtBot) -> None:
    panel = show_panel(PANEL, HistoryPanel, studio, qtbot, 280, 300)
    for name in ("One", "Two", "Three"):
        add_layer(studio, name)
    model = panel.model()
    texts = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert texts == ["Start", "Add One", "Add Two", "Add Three"]
    panel.hide()
    panel.resize(280, 60)
    panel.show()
    assert panel.viewport().rect().contains(panel.visualRect(panel.currentIndex()))
    panel.resize(280, 300)
    for row in (1, 3, 0):
        place = panel.visualRect(model.index(row, 0)).center()
        QTest.mouseClick(panel.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert len(studio.documents.document.layers) == row
        assert not panel.grab().isNull()
