"""The size of the canvas, asked in px, mm and inches."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core.canvas_size import CanvasSize
from studio.core.document import Document
from studio.ui.dialogs.canvas_size import CanvasSizeSheet
from studio.ui.dialogs.new_canvas import NewCanvasSheet


@pytest.fixture
def sheet(qtbot: QtBot) -> CanvasSizeSheet:
    sheet = CanvasSizeSheet(Document(1200, 600, dpi=300.0))
    qtbot.addWidget(sheet)
    return sheet


def type_into(field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    field.editingFinished.emit()


def test_it_begins_with_what_there_is(sheet: CanvasSizeSheet) -> None:
    assert sheet.chosen == CanvasSize(1200, 600, 300.0, (1, 1))
    assert sheet.facts.text() == "1200 × 600 px · 101.6 × 50.8 mm · 4.00 × 2.00 in"


def test_millimeters_become_px_at_the_resolution(sheet: CanvasSizeSheet) -> None:
    sheet.units.button("mm").click()
    assert [field.value() for field in sheet.sides] == [101.6, 50.8]
    type_into(sheet.sides[0], "210")  # A4
    type_into(sheet.sides[1], "297")
    assert (sheet.chosen.width, sheet.chosen.height) == (2480, 3508)
    sheet.units.button("in").click()
    assert sheet.sides[0].value() == pytest.approx(8.27)
    assert (sheet.chosen.width, sheet.chosen.height) == (2480, 3508)  # asking costs nothing


def test_another_resolution_leaves_the_px(sheet: CanvasSizeSheet) -> None:
    type_into(sheet.resolution, "72")
    assert sheet.chosen == CanvasSize(1200, 600, 72.0, (1, 1))
    sheet.units.button("in").click()
    assert sheet.sides[1].value() == pytest.approx(600 / 72, abs=0.01)


@pytest.mark.parametrize(
    ("button", "offset"), [(0, (0, 0)), (4, (100, -50)), (8, (200, -100)), (6, (200, 0))]
)
def test_the_anchor_is_what_stays(sheet: CanvasSizeSheet, button: int, offset) -> None:
    sheet.anchors.button(button).click()
    type_into(sheet.sides[0], "1400")
    type_into(sheet.sides[1], "500")
    assert sheet.chosen.offset(1200, 600) == offset


def test_a_new_canvas_begins_with_a_usual_size_or_another(qtbot: QtBot) -> None:
    sheet = NewCanvasSheet()
    qtbot.addWidget(sheet)
    sheet.show()
    assert not sheet.kept.isVisible()  # there is nothing that could stay
    sheet.usual.setCurrentText("A4 at 300 dpi")
    sheet.usual.textActivated.emit("A4 at 300 dpi")
    assert sheet.chosen == CanvasSize(2480, 3508, 300)
    type_into(sheet.sides[1], "2000")
    assert sheet.usual.currentText() == "Other"
    assert sheet.chosen == CanvasSize(2480, 2000, 300)
