"""The form that a declaration makes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt

from studio.core.param_values import Color
from studio.core.params import from_json, param, specs
from studio.edits.operation import OPERATIONS
from studio.errors import StudioError
from studio.ui.widgets.color_button import ColorRow
from studio.ui.widgets.color_popover import ColorPopover
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.option_rows import CheckRow, ChoiceRow
from studio.ui.widgets.param_form import ParamForm
from studio.ui.widgets.section import Section


@dataclass(frozen=True)
class Everything:
    radius: float = param(2.0, "Radius", 0, 500, 0.1, "px", soft_high=50, help="How far.")
    levels: int = param(6, "Levels", 2, 32)
    keep: bool = param(True, "Keep luminance")
    mode: str = param("soft", "Mode", choices=("soft", "hard_edge"))
    tint: Color = param((1.0, 0.5, 0.25), "Tint")
    seed: int = param(0, "Seed", 0, advanced=True)


@pytest.fixture
def form(qtbot):
    form = ParamForm(specs(Everything))
    qtbot.addWidget(form)
    form.show()
    return form


def test_starts_with_the_defaults(form):
    assert from_json(Everything, form.values()) == Everything()


def test_each_kind_has_its_row(form):
    kinds = {name: type(form.row(name)) for name in form.values()}
    assert kinds == {
        "radius": LabeledSlider,
        "levels": LabeledSlider,
        "keep": CheckRow,
        "mode": ChoiceRow,
        "tint": ColorRow,
        "seed": LabeledSlider,
    }


def test_values_go_in_and_come_out(form):
    values = {
        "radius": 120.5,
        "levels": 3,
        "keep": False,
        "mode": "hard_edge",
        "tint": [0.0, 0.5, 1.0],
        "seed": 99,
    }
    form.set_values(values)
    assert form.values() == values
    assert isinstance(form.values()["levels"], int)


def test_illegal_values_are_refused(form):
    with pytest.raises(StudioError, match="levels"):
        form.set_values({"levels": 1000})


def test_says_what_changed_and_when_it_is_complete(qtbot, form):
    changed, committed = [], []
    form.changed.connect(changed.append)
    form.committed.connect(committed.append)
    qtbot.keyClick(form.row("levels").slider, Qt.Key.Key_Right)
    form.row("keep").click()
    qtbot.keyClick(form.row("mode").combo, Qt.Key.Key_Down)
    assert [c["levels"] for c in changed] == [7, 7, 7]
    assert committed[-1]["keep"] is False
    assert committed[-1]["mode"] == "hard_edge"


def test_set_values_says_nothing(qtbot, form):
    with qtbot.assertNotEmitted(form.changed), qtbot.assertNotEmitted(form.committed):
        form.set_values({"levels": 4, "keep": False, "mode": "hard_edge", "radius": 3.0})


def test_rare_parameters_are_folded_away(qtbot, form):
    section = form.findChild(Section)
    assert not form.row("seed").isVisible()
    section.set_expanded(True)
    assert form.row("seed").isVisible()


@pytest.mark.qt_log_ignore("does not support grabbing", extend=True)  # popups, offscreen
def test_a_color_is_chosen_and_taken_back(qtbot, form):
    row = form.row("tint")
    committed = []
    form.committed.connect(lambda values: committed.append(values["tint"]))
    row.button.click()
    picker = form.window().findChild(ColorPopover)
    picker.set_color((1.0, 0.0, 0.0))
    assert row.value() == (1.0, 0.0, 0.0)
    qtbot.keyClick(picker, Qt.Key.Key_Escape)
    assert row.value() == (1.0, 0.5, 0.25)
    assert committed == []
    row.button.click()
    picker = form.window().findChildren(ColorPopover)[-1]
    picker.hex.setText("0000ff")
    qtbot.keyClick(picker.hex, Qt.Key.Key_Return)
    picker.close()
    assert committed == [[0.0, 0.0, 1.0]]


@pytest.mark.parametrize("operation", list(OPERATIONS), ids=lambda operation: operation.id)
def test_every_operation_has_a_form(qtbot, operation):
    form = ParamForm(specs(operation.params_type))
    qtbot.addWidget(form)
    assert from_json(operation.params_type, form.values()) == operation.params_type()
