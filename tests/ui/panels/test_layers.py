"""The layers panel, worked with mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from studio.app.edit_steps import add_step
from studio.app.studio import Studio
from studio.core.document import Group, Layer
from studio.ui.layers.layer_model import THUMBNAIL_ROLE
from studio.ui.layers.listed_layer import RowPlaces, second_line
from studio.ui.panels.layers import PANEL, LayersPanel
from tests.support.studios import add_layer, show_panel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(studio: Studio, qtbot: QtBot) -> LayersPanel:
    return show_panel(PANEL, LayersPanel, studio, qtbot, 300, 400)


@pytest.fixture
def three(panel: LayersPanel, studio: Studio) -> list[str]:
    """Bottom, middle and top."""
    ids = [add_layer(studio, name) for name in ("Bottom", "Middle", "Top")]
    studio.documents.undo_stack.clear()
    return ids


def names(panel: LayersPanel) -> list[str]:
    model = panel.list.layers
    return [model.layer_at(model.index(row)).name for row in range(model.rowCount())]


def row_center(panel: LayersPanel, row: int) -> QPoint:
    return panel.list.visualRect(panel.list.layers.index(row)).center()


def places(panel: LayersPanel, row: int) -> RowPlaces:
    index = panel.list.layers.index(row)
    return RowPlaces(panel.list.visualRect(index), panel.list.layers.row_at(index))


def active(studio: Studio) -> Layer:
    layer = studio.documents.active_layer
    assert layer is not None
    return layer


def drop(panel: LayersPanel, source: int, row: int) -> None:
    model = panel.list.layers
    mime = model.mimeData([model.index(source)])
    model.dropMimeData(mime, Qt.DropAction.MoveAction, row, 0, QModelIndex())


def test_the_topmost_is_first_and_the_active_one_selected(
    panel: LayersPanel, three: list[str], studio: Studio
) -> None:
    assert names(panel) == ["Top", "Middle", "Bottom"]
    assert panel.list.currentIndex().row() == 0
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=row_center(panel, 2))
    assert studio.documents.active_id == three[0]
    studio.documents.set_active(three[1])
    assert panel.list.currentIndex().row() == 1


def test_nothing_is_there_at_first(panel: LayersPanel, studio: Studio) -> None:
    assert panel.empty.isVisible()
    assert not panel.opacity.isVisible()
    QTest.mouseClick(panel.add, LEFT)
    assert not panel.empty.isVisible()
    studio.documents.undo_stack.undo()
    assert panel.empty.isVisible()


def test_the_eye_hides(panel: LayersPanel, three: list[str], studio: Studio) -> None:
    eye = places(panel, 1).eye.center()
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=eye)
    assert not studio.documents.document.layer(three[1]).visible
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=eye)
    assert studio.documents.document.layer(three[1]).visible


def test_opacity_is_one_step_and_rebuilds_nothing(
    panel: LayersPanel, three: list[str], studio: Studio
) -> None:
    resets: list[str] = []
    model = panel.list.layers
    model.modelReset.connect(lambda: resets.append("reset"))
    model.rowsInserted.connect(lambda: resets.append("inserted"))
    model.rowsRemoved.connect(lambda: resets.append("removed"))
    slider = panel.opacity.slider
    y = slider.height() // 2
    QTest.mousePress(slider, LEFT, pos=QPoint(slider.width() // 2, y))
    QTest.mouseMove(slider, QPoint(slider.width() // 3, y))
    QTest.mouseMove(slider, QPoint(slider.width() // 4, y))
    QTest.mouseRelease(slider, LEFT, pos=QPoint(slider.width() // 4, y))
    assert active(studio).opacity == pytest.approx(panel.opacity.value() / 100)
    assert active(studio).opacity < 0.5
    assert resets == []
    assert studio.documents.undo_stack.count() == 1
    studio.documents.undo_stack.undo()
    assert panel.opacity.value() == 100


def test_opacity_and_blend_follow_the_active_layer(
    panel: LayersPanel, three: list[str], studio: Studio
) -> None:
    studio.layers.set_opacity(three[0], 0.25)
    studio.documents.set_active(three[0])
    studio.layers.set_blend("multiply")
    studio.documents.set_active(three[-1])
    assert panel.opacity.value() == 100
    studio.documents.set_active(three[0])
    assert (panel.opacity.value(), panel.blend.currentText()) == (25, "Multiply")
    panel.blend.setFocus()
    QTest.keyClick(panel.blend, Qt.Key.Key_Down)
    assert studio.documents.document.layer(three[0]).blend == "darken"


@pytest.mark.parametrize(
    ("source", "row", "expected"),
    [
        (0, 2, ["Middle", "Top", "Bottom"]),
        (0, 3, ["Middle", "Bottom", "Top"]),
        (2, 0, ["Bottom", "Top", "Middle"]),
        (1, -1, ["Top", "Bottom", "Middle"]),
        (1, 1, ["Top", "Middle", "Bottom"]),
        (1, 2, ["Top", "Middle", "Bottom"]),
    ],
)
def test_a_dropped_row_moves_its_layer(
    panel: LayersPanel,
    three: list[str],
    studio: Studio,
    source: int,
    row: int,
    expected: list[str],
) -> None:
    drop(panel, source, row)
    assert names(panel) == expected
    assert [layer.name for layer in reversed(studio.documents.document.layers)] == expected
    assert panel.list.currentIndex() == panel.list.layers.index_of(studio.documents.active_id)
    studio.documents.undo_stack.undo()
    assert names(panel) == ["Top", "Middle", "Bottom"]


@pytest.fixture
def tree(panel: LayersPanel, three: list[str], studio: Studio) -> str:
    """Middle and Top in a group; Bottom below it. Returns the group."""
    studio.documents.select_layers(three[1:])
    studio.layers.group()
    assert names(panel) == ["Group 1", "Top", "Middle", "Bottom"]
    return studio.documents.active_id


def members(studio: Studio, group: str) -> list[str]:
    return [layer.name for layer in studio.documents.document.members(group)]


def test_a_layer_is_dragged_into_a_group_and_out(
    panel: LayersPanel, tree: str, studio: Studio
) -> None:
    model = panel.list.layers
    mime = model.mimeData([model.index(3)])
    model.dropMimeData(mime, Qt.DropAction.MoveAction, -1, 0, model.index(0))
    assert members(studio, tree) == ["Middle", "Top", "Bottom"]
    drop(panel, 1, 0)  # above the group
    assert members(studio, "") == ["Group 1", "Bottom"]
    drop(panel, 0, 3)  # between the members
    assert members(studio, tree) == ["Middle", "Bottom", "Top"]


def let_fall(panel: LayersPanel, row: int, place: QPoint) -> None:
    """What the view does with a row that was dragged to a place."""
    model, view = panel.list.layers, panel.list.viewport()
    panel.list.setDragDropMode(panel.list.DragDropMode.DragDrop)  # made events have no source
    mime = model.mimeData([model.index(row)])
    keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for make in (QDragEnterEvent, QDragMoveEvent):
        QApplication.sendEvent(view, make(place, Qt.DropAction.MoveAction, mime, *keys))
    QApplication.sendEvent(view, QDropEvent(place, Qt.DropAction.MoveAction, mime, *keys))


def test_a_row_that_falls_on_a_group_comes_into_it(
    panel: LayersPanel, tree: str, studio: Studio
) -> None:
    let_fall(panel, 3, row_center(panel, 0))
    assert members(studio, tree) == ["Middle", "Top", "Bottom"]
    beside = panel.list.visualRect(panel.list.layers.index(3)).bottomLeft() + QPoint(45, 20)
    let_fall(panel, 1, beside)
    assert members(studio, tree) == ["Middle", "Top"]
    assert names(panel)[-1] == "Bottom"


@pytest.mark.parametrize(("depth", "group"), [(1, ["Top", "Middle"]), (0, ["Middle"])])
def test_below_the_last_member_the_pointer_tells_inside_from_beside(
    panel: LayersPanel, tree: str, studio: Studio, depth: int, group: list[str]
) -> None:
    panel.list.layers.drop_depth = depth
    drop(panel, 1, 3)
    assert members(studio, tree) == group
    expected = {
        1: ["Group 1", "Middle", "Top", "Bottom"],
        0: ["Group 1", "Middle", "Top", "Bottom"],
    }
    assert names(panel) == expected[depth]


def test_a_group_is_folded_without_an_undo_step(
    panel: LayersPanel, tree: str, studio: Studio
) -> None:
    studio.documents.set_active(studio.documents.document.members(tree)[0].id)
    steps = studio.documents.undo_stack.count()
    folder = places(panel, 0).thumbnail.center().toPoint()
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=folder)
    assert names(panel) == ["Group 1", "Bottom"]
    assert studio.documents.active_id == tree
    QTest.mouseClick(panel.list.viewport(), LEFT, pos=folder)
    assert names(panel) == ["Group 1", "Top", "Middle", "Bottom"]
    assert studio.documents.undo_stack.count() == steps


def test_rows_are_selected_together_with_shift_and_ctrl(
    panel: LayersPanel, three: list[str], studio: Studio
) -> None:
    view, documents = panel.list.viewport(), studio.documents
    QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.ControlModifier, row_center(panel, 2))
    assert set(documents.selected_layers) == {three[0], three[2]}
    assert documents.active_id == three[0]
    QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.ControlModifier, row_center(panel, 2))
    assert documents.selected_layers == (three[2],)
    QTest.mouseClick(view, LEFT, pos=row_center(panel, 0))
    QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.ShiftModifier, row_center(panel, 1))
    assert set(documents.selected_layers) == set(three[1:])
    QTest.mouseClick(panel.remove, LEFT)
    assert names(panel) == ["Bottom"]
    documents.undo_stack.undo()
    assert names(panel) == ["Top", "Middle", "Bottom"]


def test_a_click_on_a_picture_says_what_is_painted_on(
    panel: LayersPanel, three: list[str], studio: Studio
) -> None:
    view = panel.list.viewport()
    QTest.mouseClick(panel.add_mask, LEFT)
    assert studio.documents.mask_active
    mask = places(panel, 0).mask
    assert mask is not None
    QTest.mouseClick(view, LEFT, pos=places(panel, 0).thumbnail.center().toPoint())
    assert not studio.documents.mask_active
    QTest.mouseClick(view, LEFT, pos=mask.center().toPoint())
    assert studio.documents.mask_active
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(view, LEFT, shift, mask.center().toPoint())
    assert not active(studio).mask_enabled
    studio.documents.set_active(three[0])
    assert not studio.documents.mask_active


def test_a_group_passes_through_until_it_has_a_blend_mode(
    panel: LayersPanel, tree: str, studio: Studio
) -> None:
    assert panel.blend.currentText() == "Pass through"
    panel.blend.setFocus()
    QTest.keyClick(panel.blend, Qt.Key.Key_Down)
    group = active(studio)
    assert isinstance(group, Group)
    assert (group.pass_through, group.blend) == (False, "normal")
    studio.documents.undo_stack.undo()
    assert panel.blend.currentText() == "Pass through"
    studio.edits.add("invert")  # works on the group alone
    assert panel.blend.currentText() == "Normal"
    assert panel.blend.findText("Pass through") == -1
    studio.edits.toggle(active(studio).edits[0].id)
    assert panel.blend.currentText() == "Pass through"


def test_f2_renames_in_place(panel: LayersPanel, three: list[str], studio: Studio) -> None:
    QTest.keyClick(panel.list, Qt.Key.Key_F2)
    editor = panel.list.viewport().findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "Otter")
    studio.canvas.thumbnail_changed.emit(three[2])  # must not undo what was typed
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert active(studio).name == "Otter"
    assert names(panel)[0] == "Otter"


def test_delete_removes_the_active_layer(
    panel: LayersPanel, three: list[str], studio: Studio
) -> None:
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert names(panel) == ["Middle", "Bottom"]
    assert panel.list.currentIndex().row() == 0
    studio.documents.undo_stack.undo()
    assert names(panel) == ["Top", "Middle", "Bottom"]


def test_buttons_duplicate_and_remove(panel: LayersPanel, three: list[str], studio: Studio) -> None:
    QTest.mouseClick(panel.duplicate, LEFT)
    assert names(panel)[0] == "Top copy"
    QTest.mouseClick(panel.remove, LEFT)
    assert names(panel) == ["Top", "Middle", "Bottom"]


def test_a_double_click_opens_the_picture_of_a_generated_layer_and_renames_elsewhere(
    panel: LayersPanel, studio: Studio
) -> None:
    plain = add_layer(studio, "Plain")
    made = add_layer(studio, "Seed 7", seed=7)
    opened: list[str] = []
    panel.list.opened.connect(opened.append)
    view = panel.list.viewport()
    pictures = [places(panel, row).thumbnail.center().toPoint() for row in (0, 1)]
    QTest.mouseDClick(view, LEFT, pos=pictures[0])
    assert opened == [made]
    assert studio.latent.state.point.seed == 7
    assert view.findChild(QLineEdit) is None
    QTest.mouseDClick(view, LEFT, pos=row_center(panel, 0))
    editor = view.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "Coral")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert studio.documents.document.layer(made).name == "Coral"
    QTest.mouseClick(view, LEFT, pos=pictures[1])
    QTest.mouseDClick(view, LEFT, pos=pictures[1])
    assert studio.documents.active_id == plain
    assert opened == [made]


def test_the_menu_offers_the_explorer_for_generated_layers_only(
    panel: LayersPanel, studio: Studio
) -> None:
    add_layer(studio, "Plain")
    plain = [action.text() for action in panel.layer_menu(active(studio)).actions()]
    add_layer(studio, "Seed 7", seed=7)
    made = [action.text() for action in panel.layer_menu(active(studio)).actions()]
    assert "Open in explorer" not in plain
    assert made[0] == "Open in explorer"


def test_the_menu_offers_what_a_mask_needs(
    panel: LayersPanel, three: list[str], studio: Studio
) -> None:
    def offered() -> dict[str, QAction]:
        return {action.text(): action for action in panel.layer_menu(active(studio)).actions()}

    assert "Merge down" in offered()
    offered()["Add mask"].trigger()
    assert active(studio).mask is not None
    assert "Add mask" not in offered()
    offered()["Switch mask off"].trigger()
    assert not active(studio).mask_enabled
    offered()["Remove mask"].trigger()
    assert active(studio).mask is None
    studio.documents.set_active(three[0])
    assert "Merge down" not in offered()


def test_thumbnails_arrive(panel: LayersPanel, three: list[str], qtbot: QtBot) -> None:
    index = panel.list.layers.index(0)
    qtbot.waitUntil(lambda: panel.list.layers.data(index, THUMBNAIL_ROLE) is not None)


def test_the_second_line_says_what_the_layer_is(studio: Studio) -> None:
    add_layer(studio, "Seed 7", seed=7)
    studio.layers.set_blend("soft light")
    add_step(studio.documents, "gaussian_blur")
    assert second_line(active(studio)) == "latent · Soft light · 1 edit"
    add_layer(studio, "Paper")
    assert second_line(active(studio)) == "Normal"
