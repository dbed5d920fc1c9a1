"""A designer's afternoon: an object cut out of a photograph, and a poster made of it. Through the
real window, with the real operations; only the training is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from studio.app.export_plan import ExportPlan
from studio.app.settings import SettingsSession
from studio.app.studio import Studio
from studio.codec.recipe import read_recipe
from studio.core.canvas_size import CanvasSize
from studio.core.document import Layer
from studio.engine.api import TextureSettings
from studio.project.recipe import recipe_document
from studio.ui import theme
from studio.ui.main_window import MainWindow
from studio.ui.shell import WindowShell
from tests.support.waiting import wait_for, wait_until_calm

ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier
SIDE = 96  # px of the photograph
DISC = 26  # px, radius of the object in its middle


class AnsweringShell(WindowShell):
    """Its questions are answered beforehand."""

    picture: Path | None = None
    export: ExportPlan | None = None
    size: CanvasSize | None = None
    settings: TextureSettings | None = None

    def ask_picture(self) -> Path | None:
        return self.picture

    def ask_pictures(self) -> tuple[Path, ...]:
        return (self.picture,) if self.picture else ()

    def ask_export(self) -> ExportPlan | None:
        return self.export

    def ask_new_canvas(self) -> CanvasSize | None:
        return self.size

    def ask_params(self, _title: str, params: object, _show: object) -> object:
        return self.settings or params


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app)
    window = MainWindow(Studio(), SettingsSession(), AnsweringShell)
    qtbot.addWidget(window, before_close_func=lambda _window: _let_go(window))
    window.show()
    wait_for(qtbot, lambda: window.is_painted)
    yield window
    window.studio.close()


def _let_go(window: MainWindow) -> None:
    window.leaving.ready = True


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """An orange disc on a grained blue ground."""
    y, x = np.indices((SIDE, SIDE)) - SIDE / 2
    inside = np.hypot(x, y) < DISC
    pixels = np.where(inside[..., None], (230, 120, 20), (40, 70, 150)).astype(np.float64)
    pixels += np.random.default_rng(1).normal(0, 6, (SIDE, SIDE, 1))
    file = tmp_path / "disc.png"
    Pillow.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file)
    return file


def shell_of(window: MainWindow) -> AnsweringShell:
    assert isinstance(window.shell, AnsweringShell)
    return window.shell


def drag(
    window: MainWindow, *places: tuple[float, float], keys: Qt.KeyboardModifier = NONE
) -> None:
    """Press, move and release the left button at places in document px."""
    canvas, left, nothing = window.canvas, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    points = [canvas.transform.to_view(QPointF(*place)) for place in places]
    steps = [(QEvent.Type.MouseButtonPress, points[0], left, left)]
    steps += [(QEvent.Type.MouseMove, point, nothing, left) for point in points[1:]]
    steps += [(QEvent.Type.MouseButtonRelease, points[-1], left, nothing)]
    for kind, point, button, held in steps:
        event = QMouseEvent(kind, point, canvas.mapToGlobal(point), button, held, keys)
        QApplication.sendEvent(canvas, event)


def layer_named(window: MainWindow, name: str) -> Layer:
    return next(x for x in window.studio.documents.document.layers if x.name == name)


def test_an_object_is_cut_out_by_strokes(
    qtbot: QtBot, window: MainWindow, photograph: Path
) -> None:
    studio = window.studio
    shell_of(window).picture = photograph
    window.commands.run("file.open_picture")
    wait_for(qtbot, lambda: studio.documents.active_layer)
    wait_until_calm(qtbot, studio)
    window.canvas.set_tool("smart-select")
    drag(window, (40, 48), (56, 48), (48, 56))
    drag(window, (8, 8), (88, 8), (88, 88), (8, 88), keys=ALT)
    wait_for(qtbot, lambda: studio.documents.document.selection is not None)
    wait_until_calm(qtbot, studio)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    window.commands.run("select.cut_to_layer")
    wait_for(qtbot, lambda: len(studio.documents.document.layers) == 2)
    cut = studio.documents.active_layer
    assert cut is not None
    opaque = (cut.raster.pixels8()[..., 3] > 127).sum()
    assert opaque == pytest.approx(np.pi * DISC**2, rel=0.1)
    window.commands.run("edit.undo")
    assert len(studio.documents.document.layers) == 1


def test_a_poster_of_texture_gradient_and_text(
    qtbot: QtBot, window: MainWindow, photograph: Path, tmp_path: Path
) -> None:
    studio, shell = window.studio, shell_of(window)
    shell.size, shell.picture = CanvasSize(120, 160, 72), photograph
    window.commands.run("file.new_canvas")
    wait_for(qtbot, lambda: window.canvas.isVisible() and studio.documents.active_layer)
    wait_until_calm(qtbot, studio)
    studio.painting.box.set_foreground((1.0, 0.8, 0.4))
    window.canvas.set_tool("gradient")
    drag(window, (60, 0), (60, 80), (60, 160))
    wait_for(qtbot, lambda: studio.documents.undo_stack.undoText() == "Gradient")
    window.commands.run("file.import_pictures")
    wait_for(qtbot, lambda: len(studio.documents.document.layers) == 2)
    shell.settings = TextureSettings(120, 160)
    window.commands.run("art.grow")
    wait_for(qtbot, lambda: len(studio.documents.document.layers) == 3)
    studio.layers.set_blend("multiply")
    window.canvas.set_tool("text")
    drag(window, (10, 20), (10, 20))
    field = window.canvas.findChild(QPlainTextEdit)
    assert field is not None
    qtbot.keyClicks(field, "Otter")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    wait_until_calm(qtbot, studio)
    document = studio.documents.document
    assert [layer.blend for layer in document.layers] == ["normal", "normal", "multiply", "normal"]
    assert layer_named(window, "Otter").text is not None

    shell.export = ExportPlan.of_file(tmp_path / "poster.png")
    with qtbot.waitSignal(studio.exchange.exported, timeout=60_000):
        window.commands.run("file.export")
    with Pillow.open(tmp_path / "poster.png") as poster:
        assert poster.size == (120, 160)
        assert len(poster.convert("RGB").getcolors(120 * 160) or ()) > 500
    names = [layer.name for layer in recipe_document(read_recipe(tmp_path / "poster.png")).layers]
    assert names[-1] == "Otter"

    while studio.documents.undo_stack.canUndo():
        window.commands.run("edit.undo")
    assert [layer.name for layer in studio.documents.document.layers] == ["Layer 1"]
