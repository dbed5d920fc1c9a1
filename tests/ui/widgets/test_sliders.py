"""Slider, number field and the row of both, with mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.slim_slider import SlimSlider

PERCENT = NumberRange(0.0, 100.0, 1.0, "%")


class Heard:
    """What a control has said."""

    def __init__(self, control) -> None:
        self.changed = []
        self.committed = []
        control.changed.connect(self.changed.append)
        control.committed.connect(self.committed.append)


@pytest.fixture
def slider(qtbot):
    slider = SlimSlider(PERCENT, 50)
    slider.resize(116, 20)  # 100 px of way between the margins
    qtbot.addWidget(slider)
    slider.show()
    return slider


@pytest.fixture
def field(qtbot):
    """A field that does not get the focus by being first."""
    window = QWidget()
    column = QVBoxLayout(window)
    other = NumberField(PERCENT)
    field = NumberField(PERCENT, 50)
    column.addWidget(other)
    column.addWidget(field)
    qtbot.addWidget(window)
    window.show()
    other.setFocus()
    yield field
    window.close()


def drag(qtbot, widget, *xs, modifier=Qt.KeyboardModifier.NoModifier):
    y = widget.height() // 2
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, modifier, QPoint(xs[0], y))
    for x in xs[1:]:
        qtbot.mouseMove(widget, QPoint(x, y))
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, modifier, QPoint(xs[-1], y))


def test_drag_is_live_and_commits_once(qtbot, slider):
    heard = Heard(slider)
    drag(qtbot, slider, 28, 38, 48)
    assert heard.changed == [20, 30, 40]
    assert heard.committed == [40]


def test_drag_ends_at_the_ends(qtbot, slider):
    drag(qtbot, slider, 50, 400)
    assert slider.value() == 100
    drag(qtbot, slider, 50, -400)
    assert slider.value() == 0


@pytest.mark.parametrize(
    ("key", "modifier", "value"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 51),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, 49),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 60),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, 60),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 100),
    ],
)
def test_keys_move_and_commit(qtbot, slider, key, modifier, value):
    heard = Heard(slider)
    qtbot.keyClick(slider, key, modifier)
    assert heard.changed == heard.committed == [value]


def test_setting_says_nothing(slider):
    heard = Heard(slider)
    slider.set_value(70)
    assert (heard.changed, heard.committed) == ([], [])
    assert slider.value() == 70


def test_slider_paints_the_fill_from_its_origin(qtbot):
    bipolar = SlimSlider(NumberRange(-1, 1, 0.01), 0.5)
    bipolar.resize(116, 20)
    qtbot.addWidget(bipolar)
    image = bipolar.grab().toImage()
    assert image.pixelColor(70, 10).blue() > 200  # between the origin and the handle
    assert image.pixelColor(30, 10).blue() < 100  # left of the origin


def test_typing_commits_once(qtbot, field):
    heard = Heard(field)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "72")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard.changed == heard.committed == [72]
    assert field.text() == "72 %"


def test_nonsense_falls_back(qtbot, field):
    heard = Heard(field)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "many")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard.committed == []
    assert field.text() == "50 %"


def test_escape_takes_typing_back(qtbot, field):
    field.setFocus()
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "50 %"


def test_arrow_keys_step(qtbot, field):
    heard = Heard(field)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert heard.committed == [51, 41]


def test_a_field_is_scrubbed(qtbot, field):
    heard = Heard(field)
    drag(qtbot, field, 10, 34)  # a tenth of the way through the range
    assert field.value() == 60
    assert heard.committed == [60]
    assert not field.hasFocus()


def test_a_click_edits(qtbot, field):
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    assert field.hasFocus()
    assert field.selectedText() == "50 %"


def test_a_row_keeps_its_parts_together(qtbot):
    row = LabeledSlider("Amount", PERCENT, 50)
    qtbot.addWidget(row)
    row.show()
    heard = Heard(row)
    qtbot.keyClick(row.slider, Qt.Key.Key_Right)
    assert (row.value(), row.field.text()) == (51, "51 %")
    qtbot.keyClick(row.field, Qt.Key.Key_Up)
    assert (row.value(), row.slider.value()) == (52, 52)
    assert heard.committed == [51, 52]


def test_a_label_scrubs_and_resets(qtbot):
    row = LabeledSlider("Amount", PERCENT, 50, default=30)
    qtbot.addWidget(row)
    row.show()
    heard = Heard(row)
    drag(qtbot, row.label, 10, 34)
    assert heard.committed == [60]
    qtbot.mouseDClick(row.label, Qt.MouseButton.LeftButton)
    assert heard.committed == [60, 30]
    qtbot.mouseDClick(row.slider, Qt.MouseButton.LeftButton)
    assert heard.committed == [60, 30]  # nothing to reset


def test_a_row_without_limits_has_no_slider(qtbot):
    row = LabeledSlider("Seed", NumberRange(low=0, step=1), 7)
    qtbot.addWidget(row)
    row.show()
    assert not row.slider.isVisible()
    drag(qtbot, row.label, 10, 15)
    assert row.value() == 12


def test_rows_can_be_named_by_a_screen_reader(qtbot):
    row = LabeledSlider("Amount", PERCENT, 50, tip="How much of it.")
    qtbot.addWidget(row)
    assert row.slider.accessibleName() == row.field.accessibleName() == "Amount"
    assert row.toolTip() == "How much of it."
