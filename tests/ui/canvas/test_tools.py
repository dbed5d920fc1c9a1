"""Tools turn the mouse into steps of the one undo stack."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QWidget

from studio.app.edit_steps import add_step
from studio.core.document import Layer, Provenance
from studio.core.image import Rect
from studio.core.latent import LatentPoint
from studio.core.raster import Raster
from studio.ui.canvas.frame import KNOB_DISTANCE
from studio.ui.canvas.tools.move_options import MoveOptions
from studio.ui.canvas.view import CanvasView
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.segmented_control import SegmentedControl
from tests.ui.canvas.conftest import Hand

SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(autouse=True)
def _without_snapping(view: CanvasView) -> None:
    view.aids.change(snapping=False)


def place(hand: Hand, layer_id: str = "top") -> tuple[int, int]:
    layer = hand.session.document.layer(layer_id)
    return layer.x, layer.y


# --- Move ---


def test_a_drag_moves_the_active_layer_as_one_step(hand: Hand) -> None:
    hand.drag(hand.at(100, 100), hand.at(130, 90))
    assert place(hand) == (80, 50)
    assert hand.session.undo_stack.count() == 1
    hand.drag(hand.at(130, 90), hand.at(131, 99))
    assert hand.session.undo_stack.count() == 2
    hand.session.undo_stack.undo()
    assert place(hand) == (80, 50)


def test_a_drag_is_in_document_px_at_any_zoom(hand: Hand) -> None:
    hand.view.zoom_to(0.5)
    hand.drag(hand.at(100, 100), hand.at(140, 100))
    assert place(hand) == (90, 60)


def test_shift_keeps_the_axis(hand: Hand) -> None:
    hand.drag(hand.at(100, 100), hand.at(140, 110), modifiers=SHIFT)
    assert place(hand) == (90, 60)


def test_a_click_picks_the_layer_and_moves_nothing(hand: Hand) -> None:
    hand.click(hand.at(300, 250))
    assert hand.session.active_id == "back"
    hand.session.add_layer(Layer(Raster(400, 300), "clear", id="clear"))
    hand.session.set_active("top")
    hand.click(hand.at(350, 20))
    assert hand.session.active_id == "back"  # the layer above is transparent there
    assert hand.session.undo_stack.count() == 1


def test_alt_click_goes_through_the_layers_under_the_pointer(hand: Hand) -> None:
    hand.click(hand.at(100, 100), modifiers=ALT)
    assert hand.session.active_id == "back"
    hand.click(hand.at(100, 100), modifiers=ALT)
    assert hand.session.active_id == "top"


def test_arrows_nudge(hand: Hand, qtbot) -> None:
    qtbot.keyClick(hand.view, Qt.Key.Key_Right)
    qtbot.keyClick(hand.view, Qt.Key.Key_Down, SHIFT)
    assert place(hand) == (51, 70)
    assert hand.session.undo_stack.count() == 2


def test_a_corner_scales_and_keeps_the_opposite_one(hand: Hand) -> None:
    hand.drag(hand.at(150, 140), hand.at(250, 220))
    hand.settle()
    assert hand.rect() == Rect(50, 60, 200, 160)
    (step,) = hand.session.document.layer("top").edits
    assert (step.operation, step.params["width"]) == ("scale", 200.0)
    hand.drag(hand.at(50, 60), hand.at(150, 140))
    hand.settle()
    assert hand.rect() == Rect(150, 140, 100, 80)
    assert len(hand.session.document.layer("top").edits) == 1
    assert hand.session.undo_stack.count() == 2


def test_a_corner_keeps_proportions_unless_shift_is_held(hand: Hand) -> None:
    hand.drag(hand.at(150, 140), hand.at(250, 140))
    hand.settle()
    assert hand.rect() == Rect(50, 60, 200, 160)
    hand.session.undo_stack.undo()
    hand.settle()
    hand.drag(hand.at(150, 140), hand.at(250, 140), modifiers=SHIFT)
    hand.settle()
    assert hand.rect() == Rect(50, 60, 200, 80)


def test_the_knob_turns_about_the_middle(hand: Hand) -> None:
    knob = hand.at(100, 60) - QPointF(0, KNOB_DISTANCE)
    hand.drag(knob, hand.at(200, 100))  # from straight up to the right: a quarter turn
    hand.settle()
    (step,) = hand.session.document.layer("top").edits
    assert (step.operation, step.params["angle"]) == ("rotate", 90.0)
    assert hand.rect() == Rect(60, 50, 80, 100)
    assert hand.session.undo_stack.count() == 1


def test_shift_turns_in_steps(hand: Hand) -> None:
    knob = hand.at(100, 60) - QPointF(0, KNOB_DISTANCE)
    hand.drag(knob, hand.at(150, 62), modifiers=SHIFT)
    angle = hand.session.document.layer("top").edits[0].params["angle"]
    assert angle % 15 == 0
    assert angle > 0


def test_numbers_show_and_set_the_place(hand: Hand, qtbot) -> None:
    options = hand.view.tool.options(hand.view)
    assert isinstance(options, MoveOptions)
    x, y, width, height, angle = options.findChildren(NumberField)
    values = [field.value() for field in (x, y, width, height, angle)]
    assert values == [50, 60, 100, 80, 0]
    x.step(10)
    assert place(hand) == (60, 60)
    angle.step(900)
    assert hand.session.document.layer("top").edits[0].params["angle"] == 90.0
    hand.settle()
    width.step(100)
    assert [field.value() for field in (width, height, angle)] == [100, 80, 90]
    hand.settle()
    assert [field.value() for field in (width, height, angle)] == [200, 80, 90]
    operations = [step.operation for step in hand.session.document.layer("top").edits]
    assert operations == ["scale", "rotate"]
    options.deleteLater()


def test_a_turned_layer_is_scaled_in_its_own_frame(hand: Hand) -> None:
    add_step(hand.session, "rotate", {"angle": 90.0})
    hand.settle()
    assert hand.rect() == Rect(60, 50, 80, 100)
    # Turned clockwise, the corner at the bottom right of the picture is at the bottom left.
    hand.drag(hand.at(60, 150), hand.at(20, 150), modifiers=SHIFT)
    hand.settle()
    assert hand.rect() == Rect(20, 50, 120, 100)
    steps = hand.session.document.layer("top").edits
    assert [(s.operation, s.params.get("height")) for s in steps] == [
        ("scale", 150.0),
        ("rotate", None),
    ]
    box = hand.view.renderer.rendered_box(hand.session.document.layer("top"))
    assert (box.rect.width, box.rect.height, box.angle) == (100, 120, 90.0)


def test_a_generated_layer_is_steered_by_double_click_and_enter(hand: Hand, qtbot) -> None:
    made = Provenance("generated", point=LatentPoint.of_seed(3))
    hand.session.add_layer(Layer(Raster(90, 90, 3), x=10, y=10, provenance=made))
    layer_id = hand.session.active_id
    with qtbot.waitSignal(hand.view.open_in_explorer) as blocker:
        hand.mouse(QEvent.Type.MouseButtonDblClick, hand.at(40, 40))
    assert blocker.args == [layer_id]
    with qtbot.waitSignal(hand.view.open_in_explorer):
        qtbot.keyClick(hand.view, Qt.Key.Key_Return)
    hand.session.set_active("back")
    with qtbot.assertNotEmitted(hand.view.open_in_explorer):
        qtbot.keyClick(hand.view, Qt.Key.Key_Return)


# --- Selections ---


def selected(hand: Hand) -> int:
    """How many px are selected."""
    selection = hand.session.document.selection
    return 0 if selection is None else int((selection.pixels8() > 127).sum())


def test_a_rectangle_is_selected_grown_and_cut(hand: Hand) -> None:
    hand.view.set_tool("select-rect")
    hand.drag(hand.at(10, 10), hand.at(60, 50))
    assert selected(hand) == 50 * 40
    hand.drag(hand.at(100, 10), hand.at(110, 20), modifiers=SHIFT)
    assert selected(hand) == 50 * 40 + 100
    hand.drag(hand.at(0, 0), hand.at(30, 300), modifiers=ALT)
    assert selected(hand) == 30 * 40 + 100
    hand.click(hand.at(200, 200))
    assert hand.session.document.selection is None
    assert hand.session.undo_stack.count() == 4


def test_a_mode_of_the_options_holds_until_a_key_says_otherwise(hand: Hand, qtbot) -> None:
    hand.view.set_tool("select-rect")
    parent = QWidget()
    qtbot.addWidget(parent)
    options = hand.view.tool.options(parent)
    assert options is not None
    (modes,) = options.findChildren(SegmentedControl)
    hand.drag(hand.at(0, 0), hand.at(10, 10))
    modes.changed.emit("add")
    hand.drag(hand.at(20, 0), hand.at(30, 10))
    assert selected(hand) == 200
    modes.changed.emit("subtract")
    hand.drag(hand.at(0, 0), hand.at(10, 5))
    assert selected(hand) == 150
    hand.drag(hand.at(40, 0), hand.at(50, 10), modifiers=SHIFT)
    assert selected(hand) == 250


def test_a_click_without_a_selection_is_no_step(hand: Hand) -> None:
    hand.view.set_tool("select-rect")
    hand.click(hand.at(200, 200))
    assert hand.session.undo_stack.count() == 0


def test_shift_during_the_drag_makes_a_square(hand: Hand) -> None:
    hand.view.set_tool("select-rect")
    hand.mouse(QEvent.Type.MouseButtonPress, hand.at(10, 10))
    hand.mouse(QEvent.Type.MouseMove, hand.at(60, 30), modifiers=SHIFT)
    hand.mouse(QEvent.Type.MouseButtonRelease, hand.at(60, 30), modifiers=SHIFT)
    assert selected(hand) == 50 * 50


def test_an_ellipse_is_selected(hand: Hand) -> None:
    hand.view.set_tool("select-ellipse")
    hand.drag(hand.at(10, 10), hand.at(110, 60))
    assert selected(hand) == pytest.approx(3.1416 * 50 * 25, rel=0.02)


def test_a_lasso_selects_what_it_goes_around(hand: Hand) -> None:
    hand.view.set_tool("lasso")
    hand.mouse(QEvent.Type.MouseButtonPress, hand.at(10, 10))
    for corner in ((110, 10), (110, 60), (10, 60)):
        hand.mouse(QEvent.Type.MouseMove, hand.at(*corner))
    hand.mouse(QEvent.Type.MouseButtonRelease, hand.at(10, 60))
    assert selected(hand) == pytest.approx(100 * 50, rel=0.02)


def test_escape_gives_a_shape_up(hand: Hand, qtbot) -> None:
    hand.view.set_tool("select-rect")
    hand.mouse(QEvent.Type.MouseButtonPress, hand.at(10, 10))
    hand.mouse(QEvent.Type.MouseMove, hand.at(60, 30))
    qtbot.keyClick(hand.view, Qt.Key.Key_Escape)
    hand.mouse(QEvent.Type.MouseButtonRelease, hand.at(60, 30))
    assert hand.session.document.selection is None


# --- Hand and zoom ---


def test_the_hand_drags_the_canvas(hand: Hand) -> None:
    hand.view.set_tool("hand")
    before = hand.at(0, 0)
    hand.drag(QPointF(200, 200), QPointF(180, 230))
    assert (hand.at(0, 0) - before).toPoint().toTuple() == (-20, 30)
    assert hand.session.undo_stack.count() == 0


def test_the_zoom_tool_clicks_in_and_out_and_frames(hand: Hand) -> None:
    hand.view.set_tool("zoom")
    hand.click(hand.at(100, 100))
    assert hand.view.zoom == 1.5
    hand.click(hand.at(100, 100), modifiers=ALT)
    assert hand.view.zoom == 1.0
    hand.drag(hand.at(100, 100), hand.at(160, 150))
    assert hand.view.zoom == pytest.approx(10.0)
    middle = hand.view.transform.to_document(hand.view.canvas_rect.center())
    assert (middle - QPointF(130, 125)).manhattanLength() < 0.5
