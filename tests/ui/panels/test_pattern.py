"""The pattern panel: what is painted, and what is said of the seam."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.qimage import from_qimage
from studio.app.studio import Studio
from studio.core.document import Layer
from studio.core.raster import Raster
from studio.ui.panels.pattern import PANEL, PatternPanel
from tests.support.studios import show_panel
from tests.support.waiting import wait_for, wait_until_calm

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> PatternPanel:
    panel = show_panel(PANEL, PatternPanel, studio, qtbot, 348, 500)
    panel.set_in_view(True)
    return panel


def add_tile(studio: Studio) -> None:
    """Grain on a slope: its left half is dark, its right half light."""
    grain = np.random.default_rng(0).random((64, 64, 3), np.float32) * 0.1
    slope = np.linspace(0.0, 0.9, 64, dtype=np.float32)[None, :, None]
    studio.documents.add_layer(Layer(Raster.from_image(grain + slope), "Tile"))


def test_the_seam_is_told_and_taken_away(panel: PatternPanel, studio: Studio, qtbot: QtBot) -> None:
    assert panel.empty.isVisible()
    add_tile(studio)
    wait_for(qtbot, lambda: panel.score.text().startswith("A seam shows"))
    QTest.mouseClick(panel.make, LEFT)
    wait_until_calm(qtbot, studio)
    assert panel.score.text().startswith("No seam shows")
    assert "→" in panel.score.text()
    assert not panel.make.isEnabled()


def test_layouts_repeat_as_they_say(panel: PatternPanel, studio: Studio, qtbot: QtBot) -> None:
    add_tile(studio)
    wait_until_calm(qtbot, studio)
    panel.view.set_tiles(4.0)
    side = panel.view.width() // 4

    def seen(layout: str) -> np.ndarray:
        panel.view.set_layout(layout)
        return from_qimage(panel.view.grab().toImage())[..., 0]

    grid = seen("grid")
    np.testing.assert_allclose(grid[:, 2 : side - 2], grid[:, side + 2 : 2 * side - 2], atol=0.3)
    mirror = seen("mirror")
    assert abs(mirror[:side, side - 2] - mirror[:side, side + 2]).mean() < 0.1
    brick = seen("brick")
    middle = side // 2
    assert brick[middle, 4] < 0.3  # a tile begins at the left edge
    assert brick[side + middle, 4] == pytest.approx(0.5, abs=0.15)  # and half a tile later below
    drop = seen("half_drop")
    np.testing.assert_allclose(drop[middle:side, 4], grid[middle:side, 4], atol=0.02)
