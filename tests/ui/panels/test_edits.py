"""The edits panel, worked with mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from studio.app.edit_shelf import EditShelf
from studio.app.edit_steps import add_step
from studio.app.studio import Studio
from studio.core.document import EditStep
from studio.core.params import specs
from studio.core.raster import Raster
from studio.ui.edits.add_popup import AddEditPopup
from studio.ui.edits.step_menu import StepMenu
from studio.ui.edits.summary import summary
from studio.ui.panels.edits import PANEL, EditsPanel
from studio.ui.widgets.labeled_slider import LabeledSlider
from tests.support.studios import add_layer, show_panel

LEFT = Qt.MouseButton.LeftButton

# What the offscreen platform says of every popup.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> EditsPanel:
    return show_panel(PANEL, EditsPanel, studio, qtbot, 300, 420)


@pytest.fixture
def blur(panel: EditsPanel, studio: Studio) -> str:
    """A layer with one edit; its id."""
    add_layer(studio, "Otter")
    step_id = add_step(studio.documents, "gaussian_blur")
    studio.documents.undo_stack.clear()
    return step_id


def steps(studio: Studio) -> tuple[EditStep, ...]:
    layer = studio.documents.active_layer
    assert layer is not None
    return layer.edits


def slider_of(panel: EditsPanel, step_id: str, name: str) -> LabeledSlider:
    form = panel.stack.row(step_id).form
    assert form is not None
    row = form.row(name)
    assert isinstance(row, LabeledSlider)
    return row


def open_popup(panel: EditsPanel) -> AddEditPopup:
    QTest.mouseClick(panel.add, LEFT)
    popup = panel.findChild(AddEditPopup)
    assert isinstance(popup, AddEditPopup)
    return popup


def test_it_says_whose_edits_these_are(panel: EditsPanel, studio: Studio) -> None:
    assert not panel.add.isEnabled()
    assert panel.empty.isVisible()
    layer_id = add_layer(studio, "Otter")
    assert panel.title.text() == "Edits of “Otter”"
    studio.layers.rename(layer_id, "Badger")
    assert panel.title.text() == "Edits of “Badger”"
    assert panel.empty.isVisible()
    add_step(studio.documents, "invert")
    assert not panel.empty.isVisible()


def test_an_edit_is_found_by_typing_and_added_with_enter(panel: EditsPanel, studio: Studio) -> None:
    add_layer(studio, "Otter")
    popup = open_popup(panel)
    assert len(popup.ids()) == len(studio.edits.operations)
    QTest.keyClicks(popup.search, "gauss")
    assert popup.ids()[0] == "gaussian_blur"
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert [step.operation for step in steps(studio)] == ["gaussian_blur"]
    assert panel.stack.open_step == steps(studio)[0].id


def test_an_edit_of_that_name_comes_before_one_that_only_mentions_it(
    panel: EditsPanel, studio: Studio
) -> None:
    add_layer(studio, "Otter")
    popup = open_popup(panel)
    QTest.keyClicks(popup.search, "hue")
    assert popup.ids()[0] == "hue_saturation"
    assert "equalize" in popup.ids()  # it keeps the hue, and says so


def test_arrow_keys_pass_over_the_headings(panel: EditsPanel, studio: Studio) -> None:
    add_layer(studio, "Otter")
    popup = open_popup(panel)
    second = popup.ids()[1]
    QTest.keyClick(popup.search, Qt.Key.Key_Down)
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert [step.operation for step in steps(studio)] == [second]


def test_a_drag_of_a_slider_is_one_step_and_previews_all_along(
    panel: EditsPanel, studio: Studio, blur: str
) -> None:
    row = slider_of(panel, blur, "sigma")
    seen: list[float] = []
    studio.documents.changed.connect(lambda _change: seen.append(steps(studio)[0].params["sigma"]))
    y = row.slider.height() // 2
    QTest.mousePress(row.slider, LEFT, pos=QPoint(20, y))
    QTest.mouseMove(row.slider, QPoint(30, y))
    QTest.mouseMove(row.slider, QPoint(40, y))
    QTest.mouseRelease(row.slider, LEFT, pos=QPoint(40, y))
    assert len(set(seen)) == 3
    assert slider_of(panel, blur, "sigma") is row
    assert studio.documents.undo_stack.count() == 1
    studio.documents.undo_stack.undo()
    assert row.value() == 4.0


def test_two_drags_are_two_steps(panel: EditsPanel, studio: Studio, blur: str) -> None:
    slider = slider_of(panel, blur, "sigma").slider
    for x in (20, 40):
        QTest.mouseClick(slider, LEFT, pos=QPoint(x, slider.height() // 2))
    assert studio.documents.undo_stack.count() == 2


def test_reset_goes_back_to_the_defaults_as_one_step(
    panel: EditsPanel, studio: Studio, blur: str
) -> None:
    studio.edits.set_params(blur, {"sigma": 9.0})
    panel.stack.row(blur).reset()
    assert steps(studio)[0].params["sigma"] == 4.0
    studio.documents.undo_stack.undo()
    assert slider_of(panel, blur, "sigma").value() == 9.0


def test_eye_and_cross(panel: EditsPanel, studio: Studio, blur: str) -> None:
    line = panel.stack.row(blur).line
    QTest.mouseClick(line.eye, LEFT)
    assert not steps(studio)[0].enabled
    assert line.summary.text() == "off"
    QTest.mouseClick(line.eye, LEFT)
    assert line.summary.text() == "4.0 px"
    QTest.mouseClick(line.remove, LEFT)
    assert steps(studio) == ()
    assert panel.empty.isVisible()
    studio.documents.undo_stack.undo()
    assert panel.stack.row(blur).isVisible()


def test_one_form_is_open_at_a_time(panel: EditsPanel, studio: Studio, blur: str) -> None:
    levels = add_step(studio.documents, "levels")
    assert panel.stack.open_step == levels
    assert not panel.stack.row(blur).unfolded
    QTest.mouseClick(panel.stack.row(blur).line, LEFT, pos=QPoint(60, 10))
    assert panel.stack.open_step == blur
    assert not panel.stack.row(levels).unfolded
    QTest.mouseClick(panel.stack.row(blur).line, LEFT, pos=QPoint(60, 10))
    assert panel.stack.open_step == ""


def test_a_row_is_dragged_to_another_place(panel: EditsPanel, studio: Studio, blur: str) -> None:
    levels = add_step(studio.documents, "levels")
    invert = add_step(studio.documents, "invert")
    panel.stack.unfold(invert)
    line = panel.stack.row(blur).line
    bottom = panel.stack.row(invert).geometry().bottom()
    target = line.mapFromGlobal(panel.stack.mapToGlobal(QPoint(60, bottom)))
    QTest.mousePress(line, LEFT, pos=QPoint(60, 10))
    QTest.mouseMove(line, target)
    QTest.mouseRelease(line, LEFT, pos=target)
    assert [step.id for step in steps(studio)] == [levels, invert, blur]
    studio.documents.undo_stack.undo()
    assert [step.id for step in steps(studio)] == [blur, levels, invert]


def test_a_step_with_a_mask_says_so(panel: EditsPanel, studio: Studio, blur: str) -> None:
    assert panel.stack.row(blur).line.badge.isHidden()
    mask = Raster.from_image(np.ones((16, 16, 1), np.float32))
    masked = add_step(studio.documents, "invert", mask=mask)
    assert not panel.stack.row(masked).line.badge.isHidden()


def test_another_layer_shows_its_own_stack(panel: EditsPanel, studio: Studio, blur: str) -> None:
    otter = studio.documents.active_id
    add_layer(studio, "Paper")
    assert panel.empty.isVisible()
    studio.documents.set_active(otter)
    assert panel.stack.row(blur).line.title.text() == "Gaussian blur"


def test_what_failed_is_said(
    panel: EditsPanel, studio: Studio, blur: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not panel.problems.isVisible()
    problems = {studio.documents.active_id: ("“Gaussian blur” is left out: no.",)}
    monkeypatch.setattr(type(studio.canvas), "render_problems", problems)
    studio.canvas.forms_changed.emit()
    assert panel.problems.isVisible()
    assert panel.problems.text() == "“Gaussian blur” is left out: no."


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("gaussian_blur", "4.0 px"),
        ("scale", "75 % · 75 %"),
        ("duotone", "1.00"),
    ],
)
def test_summaries_are_short(studio: Studio, operation: str, expected: str) -> None:
    assert summary(specs(studio.edits.operation(operation).params_type), {}) == expected


def test_an_unfolded_form_is_scrolled_into_view(
    panel: EditsPanel, studio: Studio, blur: str
) -> None:
    panel.resize(300, 200)
    for _ in range(5):
        last = add_step(studio.documents, "hue_saturation")
    row = panel.stack.row(last)
    viewport = panel.findChild(QScrollArea).viewport()
    assert viewport.rect().contains(row.mapTo(viewport, QPoint(10, 10)))
    form_ends = row.mapTo(viewport, QPoint(0, row.sizeHint().height())).y()
    assert form_ends <= viewport.height() or row.mapTo(viewport, QPoint(0, 0)).y() == 0


def entries(menu: StepMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions() if action.text()}


def menu_of(panel: EditsPanel, step_id: str) -> StepMenu:
    row = panel.stack.row(step_id)
    row.open_menu(QPoint(0, 0))
    return row.findChildren(StepMenu)[-1]


def test_a_preset_sets_the_step_and_own_ones_are_kept_for_good(
    panel: EditsPanel, studio: Studio
) -> None:
    add_layer(studio, "Otter")
    studio.edits.add("vibrance")
    step_id = steps(studio)[0].id
    entries(menu_of(panel, step_id))["Muted"].trigger()
    assert steps(studio)[0].params == {"vibrance": -0.5, "saturation": 0.0}
    studio.documents.undo_stack.undo()
    assert steps(studio)[0].params["vibrance"] == 0.5
    studio.edits.set_params(step_id, {"vibrance": 0.25, "saturation": 0.125})
    studio.edits.keep_preset(step_id, " Mine ")
    assert studio.edits.shelf.presets(studio.edits.operation("vibrance"))[0].own
    fresh = EditShelf().presets(studio.edits.operation("vibrance"))[0]
    assert (fresh.name, fresh.params) == ("Mine", {"vibrance": 0.25, "saturation": 0.125})
    studio.edits.shelf.forget(studio.edits.operation("vibrance"), "Mine")
    assert "Mine" not in entries(menu_of(panel, step_id))


def test_opacity_of_a_step_is_a_slider_and_one_undo(
    panel: EditsPanel, studio: Studio, blur: str
) -> None:
    opacity = panel.stack.row(blur).opacity
    assert opacity is not None
    for x in (60, 50, 40):
        opacity.slider.changed.emit(x)
    opacity.slider.committed.emit(40)
    assert steps(studio)[0].opacity == 0.4
    assert panel.stack.row(blur).line.summary.text().startswith("40")
    studio.documents.undo_stack.undo()
    assert opacity.value() == 100.0


def test_a_step_works_where_one_says(panel: EditsPanel, studio: Studio, blur: str) -> None:
    assert not entries(menu_of(panel, blur))["Work in the selection"].isEnabled()
    size = studio.documents.document
    half = np.zeros((size.height, size.width, 1), np.uint8)
    half[:8] = 255
    studio.documents.set_selection(Raster.from_pixels8(half))
    entries(menu_of(panel, blur))["Work in the selection"].trigger()
    mask = steps(studio)[0].mask
    assert mask is not None
    np.testing.assert_array_equal(mask.pixels8()[:, 0, 0], [255] * 8 + [0] * 8)
    studio.edits.invert_mask(blur)
    studio.documents.set_selection(None)
    studio.edits.select_mask(blur)
    selection = studio.documents.document.selection
    assert selection is not None
    assert selection.pixels8()[:20, 0, 0].tolist() == [0] * 8 + [255] * 8 + [0] * 4
    studio.edits.remove_mask(blur)
    assert steps(studio)[0].mask is None


def test_what_was_used_last_comes_first(panel: EditsPanel, studio: Studio) -> None:
    add_layer(studio, "Otter")
    for name in ("vibrance", "curves", "vibrance"):
        studio.edits.add(name)
    assert open_popup(panel).ids()[:2] == ["vibrance", "curves"]


def test_other_names_find_an_edit(panel: EditsPanel, studio: Studio) -> None:
    add_layer(studio, "Otter")
    popup = open_popup(panel)
    for typed, found in (("dilate", "morphology"), ("s-curve", "curves"), ("xdog", "line_art")):
        popup.search.setText(typed)
        assert found in popup.ids()[:2]
