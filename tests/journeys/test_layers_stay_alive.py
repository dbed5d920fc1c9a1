"""A placed picture is opened again by a double-click, steered, and put back: with the real engine,
in the real window, with the mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.settings import SettingsSession
from studio.app.studio import Studio
from studio.core.document import Layer
from studio.ui.main_window import MainWindow
from studio.ui.panels.explorer import ExplorerPanel
from tests.support.datasets import make_dataset
from tests.support.training import events_of, tiny_run
from tests.support.waiting import wait_for, wait_until_calm

LEFT = Qt.MouseButton.LeftButton
SECONDS = 60.0  # the real engine on a machine that does other things too


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """With a project, a style GAN of two steps, and its explorer in view."""
    events_of(tiny_run("stylegan", make_dataset(tmp_path / "data"), tmp_path / "run", steps=2))
    window = MainWindow(Studio(), SettingsSession())
    qtbot.addWidget(window, before_close_func=lambda _: setattr(window.leaving, "ready", True))
    window.show()
    wait_for(qtbot, lambda: window.is_painted, SECONDS)
    window.studio.project.create("Foxes", tmp_path / "Foxes.studio")
    window.studio.model_import.take(tmp_path / "run" / "model.safetensors")
    wait_for(qtbot, lambda: all(window.studio.latent.grid or [None]), SECONDS)
    window.docks.show("explorer")
    yield window
    window.studio.close()


def test_a_layer_is_steered_further_and_all_of_it_undone(qtbot: QtBot, window: MainWindow) -> None:
    studio, panel = window.studio, window.docks.widget("explorer")
    assert isinstance(panel, ExplorerPanel)
    explorer, latent = panel.explorer, studio.latent
    latent.go_to_seed(3)
    QTest.mouseClick(explorer.place, LEFT)
    wait_for(qtbot, lambda: studio.documents.active_layer is not None, SECONDS)
    placed = the_layer(studio)
    latent.go_to_seed(11)

    double_click_on_canvas(qtbot, window)
    wait_for(qtbot, lambda: latent.state.point.seed == 3, SECONDS)
    assert latent.state.point == placed.provenance.point

    slider = explorer.truncation.slider
    end = QPoint(slider.width() - 4, slider.height() // 2)
    QTest.mousePress(slider, LEFT, pos=slider.rect().center())
    QTest.mouseMove(slider, end)
    QTest.mouseRelease(slider, LEFT, pos=end)
    steered = latent.state.point
    assert steered.truncation > 1.0
    assert same(the_layer(studio), placed), "nothing changes before it is asked for"
    QTest.mouseClick(explorer.change, LEFT)
    wait_for(qtbot, lambda: not same(the_layer(studio), placed), SECONDS)
    changed = the_layer(studio)
    assert changed.provenance.point == steered
    assert (changed.id, changed.edits, changed.x) == (placed.id, placed.edits, placed.x)
    card = latent.card
    assert card is not None
    made = studio.host.get().load(card.path).sample([steered])[0]
    assert np.abs(changed.raster.read()[..., :3] - made).max() < 1.5 / 255

    undo(studio, lambda: same(the_layer(studio), placed))
    assert latent.state.point == steered, "one stack: the explorer's own steps come after"
    undo(studio, lambda: latent.state.point == placed.provenance.point)
    undo(studio, lambda: latent.state.point.seed == 11)
    wait_until_calm(qtbot, studio, SECONDS)


def the_layer(studio: Studio) -> Layer:
    (layer,) = studio.documents.document.layers
    assert isinstance(layer, Layer)
    return layer


def same(one: Layer, other: Layer) -> bool:
    return np.array_equal(one.raster.pixels8(), other.raster.pixels8())


def double_click_on_canvas(qtbot: QtBot, window: MainWindow) -> None:
    wait_for(qtbot, lambda: window.studio.canvas.idle, SECONDS)
    document = window.studio.documents.document
    middle = QPointF(document.width / 2, document.height / 2)
    place = window.canvas.transform.to_view(middle).toPoint()
    QTest.mouseClick(window.canvas, LEFT, pos=place)
    QTest.mouseDClick(window.canvas, LEFT, pos=place)


def undo(studio: Studio, is_so: Callable[[], bool]) -> None:
    """One step back, after which it is so and was not before."""
    assert not is_so()
    studio.documents.undo_stack.undo()
    assert is_so()
