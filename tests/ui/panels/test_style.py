"""The style panel, worked with mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.core.param_values import LayerRef
from studio.ui.panels.style import PANEL, StylePanel
from tests.support.studios import add_layer, show_panel
from tests.support.waiting import wait_for, wait_until_calm

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> StylePanel:
    return show_panel(PANEL, StylePanel, studio, qtbot, 360, 520)


def test_a_layer_is_painted_like_another(panel: StylePanel, studio: Studio, qtbot: QtBot) -> None:
    assert panel.empty.isVisible()
    style = add_layer(studio, "Painting")
    add_layer(studio, "Otter")
    assert not panel.empty.isVisible()
    assert not panel.paint.isEnabled()
    assert [panel.layers.combo.itemText(i) for i in range(panel.layers.combo.count())] == [
        "Painting"
    ]
    panel.layers.set_value(LayerRef(style))
    panel.layers.committed.emit(LayerRef(style))
    wait_for(qtbot, lambda: panel.picture.image() is not None)  # the preview
    QTest.mouseClick(panel.paint, LEFT)
    assert panel.cancel.isVisible()
    wait_until_calm(qtbot, studio)
    assert not panel.cancel.isVisible()
    assert len(studio.documents.document.layers) == 3


def test_in_a_low_window_it_scrolls_and_nothing_lies_on_another(
    panel: StylePanel, studio: Studio, qtbot: QtBot
) -> None:
    add_layer(studio, "Otter")
    panel.resize(360, 230)
    wait_for(qtbot, lambda: panel.height() == 230)
    assert not panel.form.geometry().intersects(panel.picture.geometry())
    bottom = panel.paint.mapTo(panel, panel.paint.rect().bottomLeft()).y()
    assert bottom < panel.height()
