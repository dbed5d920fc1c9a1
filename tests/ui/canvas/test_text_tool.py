"""Text is written on the canvas, stays text, and comes back from a project as text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QPlainTextEdit, QWidget

from studio.core.document import Layer
from studio.core.raster import Raster
from studio.core.text import Text, TextStyle
from studio.project.manifest import layer_from_json, layer_to_json
from tests.ui.canvas.conftest import Hand

RED = (1.0, 0.0, 0.0)


@pytest.fixture
def writer(hand: Hand) -> Hand:
    hand.view.set_tool("text")
    hand.view.painting.box.set_foreground(RED)
    return hand


def field(hand: Hand) -> QPlainTextEdit:
    found = hand.view.findChild(QPlainTextEdit)
    assert found is not None
    return found


def write(hand: Hand, x: float, y: float, text: str) -> Layer:
    hand.click(hand.at(x, y))
    field(hand).setPlainText(text)
    hand.view.painting.texts.finish()
    layer = hand.session.active_layer
    assert layer is not None
    return layer


def ink(layer: Layer) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is written, in document px."""
    rows, columns = np.nonzero(layer.raster.pixels8()[..., 3] > 127)
    return (
        int(columns.min()) + layer.x,
        int(rows.min()) + layer.y,
        int(columns.max()) + layer.x,
        int(rows.max()) + layer.y,
    )


def test_what_is_typed_is_a_layer_and_one_undo_step(writer: Hand, qtbot) -> None:
    writer.click(writer.at(100, 80))
    assert writer.session.undo_stack.count() == 0
    qtbot.keyClicks(field(writer), "Hello")
    layer = writer.session.active_layer
    assert layer is not None
    assert layer.text == Text("Hello", "", RED)
    assert layer.name == "Hello"
    left, top, right, bottom = ink(layer)
    assert 95 <= left <= 115
    assert 80 <= top < bottom <= 80 + 64 * 1.2
    assert right - left > 100
    colors = layer.raster.pixels8()[..., :3][layer.raster.pixels8()[..., 3] > 0]
    assert (colors == (255, 0, 0)).all()
    qtbot.keyClick(field(writer), Qt.Key.Key_Escape)
    assert not writer.view.painting.texts.writing
    assert writer.session.undo_stack.count() == 1
    writer.session.undo_stack.undo()
    assert not writer.session.document.has_layer(layer.id)


def test_a_text_is_edited_again_by_double_click_and_keeps_its_place(writer: Hand) -> None:
    layer = write(writer, 60, 80, "One")
    before = ink(layer)
    writer.settle()
    writer.view.set_tool("move")
    middle = writer.at(before[0] + 5, (before[1] + before[3]) / 2)
    writer.mouse(QEvent.Type.MouseButtonDblClick, middle)
    assert writer.view.tool_id == "text"
    assert field(writer).toPlainText() == "One"
    field(writer).setPlainText("One\ntwo")
    writer.view.painting.texts.finish()
    after = writer.session.document.layer(layer.id)
    assert ink(after)[:2] == pytest.approx(before[:2], abs=3)  # a t begins farther left
    assert ink(after)[3] > before[3] + 40
    assert writer.session.undo_stack.count() == 2


def test_centered_text_grows_to_both_sides(writer: Hand) -> None:
    writer.view.painting.texts.set_style(TextStyle(size=40, align="center"))
    layer = write(writer, 200, 80, "i")
    narrow = ink(layer)
    writer.settle()
    writer.click(writer.at((narrow[0] + narrow[2]) / 2, (narrow[1] + narrow[3]) / 2))
    field(writer).setPlainText("iiiiiiii")
    wide = ink(writer.session.document.layer(layer.id))
    assert (wide[0] + wide[2]) / 2 == pytest.approx((narrow[0] + narrow[2]) / 2, abs=1.5)
    assert (narrow[0] + narrow[2]) / 2 == pytest.approx(200, abs=1.5)


def test_color_and_size_follow_the_options_while_writing(writer: Hand) -> None:
    layer = write(writer, 60, 80, "Size")
    writer.settle()
    writer.click(QPointF(writer.at(*ink(layer)[:2])) + QPointF(3, 10))
    writer.view.painting.box.set_foreground((0.0, 0.0, 1.0))
    writer.view.painting.texts.set_style(TextStyle(size=128))
    changed = writer.session.document.layer(layer.id)
    assert changed.text is not None
    assert changed.text.color == (0.0, 0.0, 1.0)
    assert ink(changed)[2] - ink(changed)[0] == pytest.approx(
        2 * (ink(layer)[2] - ink(layer)[0]), rel=0.05
    )


def test_letters_are_spaced(writer: Hand) -> None:
    narrow = ink(write(writer, 60, 80, "abcde"))
    writer.view.painting.texts.set_style(TextStyle(spacing=0.5))
    wide = ink(write(writer, 60, 200, "abcde"))
    assert (wide[2] - wide[0]) - (narrow[2] - narrow[0]) == pytest.approx(4 * 32, abs=4)


def test_text_goes_around_a_circle_and_is_still_text(writer: Hand) -> None:
    writer.view.painting.texts.set_style(TextStyle(size=20, align="center", arc=180.0))
    layer = write(writer, 200, 150, "round and round it goes")
    left, top, right, bottom = ink(layer)
    assert right - left == pytest.approx(2 * (bottom - top), rel=0.15)  # half a ring
    alpha = layer.raster.pixels8()[..., 3]
    rows, columns = np.nonzero(alpha > 127)
    x = columns + layer.x - 200.0
    y = rows + layer.y - (bottom - 2.0)
    reach = np.hypot(x, y)
    assert reach.min() > 0.6 * reach.max()  # nothing inside of the ring
    assert layer.text is not None
    writer.settle()
    writer.view.painting.texts.edit(layer.id)
    writer.view.painting.texts.set_style(TextStyle(size=20, align="center", arc=-180.0))
    smile = writer.session.document.layer(layer.id)
    assert smile.text == replace(layer.text, style=writer.view.painting.texts.text.style)
    middle = smile.raster.pixels8()[:, 195 - smile.x : 205 - smile.x, 3].max(axis=1)
    assert np.flatnonzero(middle > 127).min() + smile.y > sum(ink(smile)[1::2]) / 2


def test_an_empty_text_leaves_no_layer(writer: Hand) -> None:
    count = len(writer.session.document.layers)
    writer.click(writer.at(60, 80))
    writer.view.painting.texts.finish()
    assert len(writer.session.document.layers) == count
    assert writer.session.undo_stack.count() == 0


def test_a_project_keeps_text_as_text(writer: Hand) -> None:
    layer = write(writer, 60, 80, "Kept")
    kept: list[Raster] = []

    def put(raster: Raster) -> dict[str, int]:
        kept.append(Raster.from_pixels8(raster.pixels8()))
        return {"at": len(kept) - 1}

    data = layer_to_json(layer, put)
    again = layer_from_json(data, lambda reference: kept[reference["at"]])
    assert again.text == layer.text
    assert np.array_equal(again.raster.pixels8(), layer.raster.pixels8())


def override(widget: QWidget) -> bool:
    """Whether Ctrl+Enter is the widget's, so that no command of the window takes it."""
    kind, control = QEvent.Type.ShortcutOverride, Qt.KeyboardModifier.ControlModifier
    key = QKeyEvent(kind, Qt.Key.Key_Return, control)
    key.ignore()
    QApplication.sendEvent(widget, key)
    return key.isAccepted()


def test_the_key_that_ends_a_text_ends_it_from_the_options_too(writer: Hand, qtbot) -> None:
    writer.click(writer.at(100, 80))
    qtbot.keyClicks(field(writer), "Hello")
    options = writer.view.tool.options(writer.view)
    bold = options.findChild(QCheckBox)
    assert bold is not None
    assert override(field(writer))
    assert override(bold)
    qtbot.keyClick(bold, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not writer.view.painting.texts.writing
    assert not override(bold)
