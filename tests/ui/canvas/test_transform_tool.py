"""Free transform with the mouse and with numbers: where the corners come to lie, and the pixels."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QWidget

from studio.app.free_transform import Quad, rect_quad
from studio.app.layer_rendering import render_document
from studio.app.notifications import Notification
from studio.app.selection import from_coverage
from studio.core.document import Layer
from studio.core.image import Rect
from studio.core.layer_tree import empty_group, grouped
from studio.core.raster import Raster
from studio.ui.canvas import quad as quads
from studio.ui.canvas.tools.transform import TransformTool
from studio.ui.widgets.number_field import NumberField
from tests.ui.canvas.conftest import NONE, Hand, colored

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def tool(hand: Hand) -> TransformTool:
    hand.view.aids.change(snapping=False)
    hand.view.set_tool("transform")
    assert isinstance(hand.view.tool, TransformTool)
    return hand.view.tool


def corners(tool: TransformTool) -> list[tuple[float, float]]:
    assert tool.quad is not None
    return [(round(corner.x(), 1), round(corner.y(), 1)) for corner in tool.quad]


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


@pytest.mark.parametrize(
    ("start", "end", "keys", "expected"),
    [
        ((100, 100), (120, 90), NONE, box(70, 50, 170, 130)),
        ((100, 100), (120, 90), SHIFT, box(70, 60, 170, 140)),
        ((150, 140), (200, 140), NONE, box(50, 60, 200, 180)),
        ((150, 140), (200, 140), SHIFT, box(50, 60, 200, 140)),
        ((150, 140), (200, 140), ALT | SHIFT, box(0, 60, 200, 140)),
        ((150, 100), (250, 100), NONE, box(50, 60, 250, 140)),
        ((150, 140), (170, 150), CTRL, [(50, 60), (150, 60), (170, 150), (50, 140)]),
        ((50, 60), (70, 62), CTRL | ALT | SHIFT, [(70, 60), (130, 60), (150, 140), (50, 140)]),
        ((100, 60), (120, 90), CTRL, [(70, 60), (170, 60), (150, 140), (50, 140)]),
    ],
    ids=["move", "axis", "scale", "free", "about", "edge", "distort", "perspective", "skew"],
)
def test_what_is_dragged(hand: Hand, tool: TransformTool, start, end, keys, expected) -> None:
    hand.drag(hand.at(*start), hand.at(*end), modifiers=keys)
    assert corners(tool) == expected
    assert hand.session.undo_stack.count() == 1
    step = hand.session.document.layer("top").edits[-1]
    assert step.operation == "free_transform"


def test_outside_turns_about_the_middle_and_shift_snaps(hand: Hand, tool: TransformTool) -> None:
    hand.drag(hand.at(220, 100), hand.at(105, 240), modifiers=SHIFT)  # nearly a quarter turn
    assert corners(tool) == [(140, 50), (140, 150), (60, 150), (60, 50)]
    hand.settle()
    assert hand.rect("top") == Rect(60, 50, 80, 100)


def test_alt_click_puts_the_pivot(hand: Hand, tool: TransformTool) -> None:
    hand.click(hand.at(50, 60), modifiers=NONE)
    hand.click(hand.at(60, 70), modifiers=ALT)
    hand.drag(hand.at(260, 70), hand.at(60, 270), modifiers=SHIFT)
    assert corners(tool) == [(70, 60), (70, 160), (-10, 160), (-10, 60)]
    assert hand.session.undo_stack.count() == 1


def test_escape_leaves_nothing_behind(hand: Hand, tool: TransformTool, qtbot) -> None:
    before = hand.session.document
    hand.drag(hand.at(150, 140), hand.at(200, 180))
    qtbot.keyClick(hand.view, Qt.Key.Key_Escape)
    assert hand.session.document is before
    assert hand.session.undo_stack.count() == 0
    assert hand.view.tool_id == "move"


def test_enter_keeps_it_and_the_next_time_goes_on_from_there(hand: Hand, tool, qtbot) -> None:
    hand.drag(hand.at(150, 140), hand.at(170, 150), modifiers=CTRL)
    qtbot.keyClick(hand.view, Qt.Key.Key_Return)
    hand.settle()
    hand.view.set_tool("transform")
    assert corners(tool) == [(50, 60), (150, 60), (170, 150), (50, 140)]
    tool.reset()
    assert corners(tool) == box(50, 60, 150, 140)
    assert len(hand.session.document.layer("top").edits) == 1


def test_undo_puts_the_handles_back(hand: Hand, tool: TransformTool) -> None:
    hand.drag(hand.at(100, 100), hand.at(120, 90))
    hand.session.undo_stack.undo()
    assert corners(tool) == box(50, 60, 150, 140)


def test_pixels_follow_the_corners(hand: Hand, tool: TransformTool) -> None:
    hand.session.remove_layer("back")
    hand.drag(hand.at(150, 140), hand.at(250, 220))
    alpha = render_document(hand.session.document)[..., 3]
    expected = np.zeros((300, 400))
    expected[60:220, 50:250] = 1
    assert np.abs(alpha - expected).max() < 1e-3


def test_what_is_selected_is_lifted_off_first(hand: Hand, tool: TransformTool, qtbot) -> None:
    hand.view.set_tool("move")
    coverage = np.zeros((300, 400), np.uint8)
    coverage[80:100, 70:90] = 255
    hand.session.set_selection(from_coverage(coverage))
    hand.view.set_tool("transform")
    qtbot.waitUntil(lambda: len(hand.session.document.layers) == 3)
    hand.settle()
    assert corners(tool) == box(70, 80, 90, 100)
    assert hand.session.document.selection is None
    hand.drag(hand.at(80, 90), hand.at(180, 190))
    qtbot.keyClick(hand.view, Qt.Key.Key_Escape)
    assert len(hand.session.document.layers) == 2
    assert hand.session.document.selection is not None


def test_numbers_show_and_set_the_corners(hand: Hand, tool: TransformTool, qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    options = tool.options(parent)
    fields = options.findChildren(NumberField)
    assert [field.value() for field in fields] == [100, 100, 100, 100, 0, 0]
    fields[2].step(1000)  # width 200 %, and the height with it
    assert corners(tool) == box(0, 20, 200, 180)
    fields[4].step(900)
    assert [field.value() for field in fields] == [100, 100, 200, 200, 90, 0]
    fields[0].step(50)
    assert fields[0].value() == 105


def any_quad() -> Quad:
    first, second, third, fourth = rect_quad(QRectF(10, 20, 60, 40))
    return first, second + QPointF(7, -5), third + QPointF(-3, 8), fourth


@pytest.mark.parametrize("quad", [rect_quad(QRectF(10, 20, 60, 40)), any_quad()])
def test_measuring_and_setting_are_inverse(quad: Quad) -> None:
    base = QRectF(0, 0, 60, 40)
    now = quads.measures(base, quad)
    same = quads.measured(base, quad, now, quads.middle(quad))
    for before, after in zip(quad, same, strict=True):
        assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=1e-6)
    wanted = now._replace(angle=30.0, width=150.0)
    turned = quads.measured(base, quad, wanted, quads.middle(quad))
    assert quads.measures(base, turned).angle == pytest.approx(30.0, abs=1e-6)


def test_a_hidden_line_of_corners_is_not_shown(hand: Hand, tool: TransformTool) -> None:
    hand.settle()
    hand.qtbot.waitUntil(lambda: not tool._proxy.image.isNull())
    hand.drag(hand.at(150, 140), hand.at(40, 50), modifiers=CTRL)  # across the opposite corner
    assert corners(tool) == box(50, 60, 150, 140)
    assert blue_at(hand, 100, 100)
    hand.settle()
    assert blue_at(hand, 100, 100)


def blue_at(hand: Hand, x: float, y: float) -> bool:
    color = hand.view.grab().toImage().pixelColor(hand.at(x, y).toPoint())
    return color.blue() > color.red() + 100


def test_what_is_applied_is_seen_at_once(hand: Hand, tool: TransformTool, qtbot) -> None:
    """Rendering may take seconds: until then the picture that was dragged stands in."""
    hand.settle()
    qtbot.waitUntil(lambda: not tool._proxy.image.isNull())
    hand.drag(hand.at(100, 100), hand.at(220, 190))
    qtbot.keyClick(hand.view, Qt.Key.Key_Return)
    assert hand.view.tool_id == "move"
    assert blue_at(hand, 250, 210)
    hand.settle()
    assert blue_at(hand, 250, 210)
    hand.session.undo_stack.undo()
    hand.settle()
    assert blue_at(hand, 70, 80)
    assert not blue_at(hand, 250, 210)


def test_what_is_moved_and_stretched_snaps(hand: Hand, tool: TransformTool) -> None:
    hand.view.aids.change(snapping=True)
    hand.drag(hand.at(100, 100), hand.at(347, 117))
    assert corners(tool) == box(300, 77, 400, 157)
    hand.drag(hand.at(300, 117), hand.at(204, 117))  # the left side to the middle of the canvas
    assert corners(tool) == box(200, 77, 400, 157)


def test_a_locked_layer_stays_and_says_so(hand: Hand, tool: TransformTool) -> None:
    hand.view.set_tool("move")
    told: list[Notification] = []
    hand.view.painting.notifications.posted.connect(told.append)
    document = hand.session.document.update_layer(
        "top", lambda layer: replace(layer, locks=frozenset({"position"}))
    )
    hand.session.commit(document, "Lock")
    hand.view.set_tool("transform")
    hand.drag(hand.at(100, 100), hand.at(150, 120))
    assert tool.job is None
    assert hand.session.document is document
    assert "locked" in told[0].message


@pytest.mark.parametrize("as_group", [True, False], ids=["group", "several layers"])
def test_a_group_or_several_layers_are_scaled_in_one_box(hand: Hand, as_group: bool) -> None:
    hand.view.aids.change(snapping=False)
    dot = Layer(colored(20, 20, (250, 250, 0)), "dot", 170, 150, id="dot")
    document = hand.session.document.with_layer(dot)
    if as_group:
        document = grouped(document, ["top", "dot"], replace(empty_group(document, "G"), id="G"))
    hand.session.commit(document, "Add")
    hand.session.set_active("G" if as_group else "dot")
    hand.session.select_layers(["G"] if as_group else ["top", "dot"])
    hand.settle()
    hand.view.set_tool("transform")
    tool = hand.view.tool
    assert isinstance(tool, TransformTool)
    assert corners(tool) == box(50, 60, 190, 170)
    count = hand.session.undo_stack.count()
    hand.drag(hand.at(190, 170), hand.at(330, 280))
    hand.settle()
    assert hand.rect("top") == Rect(50, 60, 200, 160)
    assert hand.rect("dot") == Rect(290, 240, 40, 40)
    assert hand.session.undo_stack.count() == count + 1
    tool.apply()
    hand.session.undo_stack.undo()
    assert hand.session.document is document


@pytest.mark.parametrize("blend", ["normal", "multiply"])
def test_that_layers_will_no_longer_blend_with_what_is_below_is_told(hand: Hand, blend) -> None:
    told: list[Notification] = []
    hand.view.painting.notifications.posted.connect(told.append)
    document = hand.session.document
    mask = Raster.solid(document.width, document.height, (1.0,))
    group = replace(empty_group(document, "Both"), id="G", mask=mask)
    document = document.update_layer("top", lambda layer: replace(layer, blend=blend))
    hand.session.commit(grouped(document, ["top"], group), "Group")
    hand.session.set_active("G")
    hand.view.set_tool("transform")
    assert ["“Both”" in note.message for note in told] == [True] * (blend != "normal")


@pytest.mark.parametrize("others", [(), ("dot",)], ids=["alone", "with another layer"])
def test_a_groups_mask_goes_with_it(hand: Hand, others: tuple[str, ...]) -> None:
    hand.view.aids.change(snapping=False)
    mask = np.zeros((300, 400, 1), np.uint8)
    mask[60:100, 50:150] = 255  # the upper half of what is in it
    dot = Layer(colored(20, 20, (250, 250, 0)), "dot", 50, 120, id="dot")
    document = hand.session.document.with_layer(dot)
    group = replace(empty_group(document, "G"), id="G", mask=Raster.from_pixels8(mask))
    document = grouped(document, ["top"], group).without_layer("back")
    hand.session.commit(document, "Group")
    hand.session.set_active("G")
    hand.session.select_layers(["G", *others])
    hand.settle()
    hand.view.set_tool("transform")
    assert corners(hand.view.tool) == box(50, 60, 150, 140)
    count = hand.session.undo_stack.count()
    hand.drag(hand.at(150, 140), hand.at(250, 220), modifiers=SHIFT)
    hand.drag(hand.at(60, 70), hand.at(90, 80))
    hand.settle()
    alpha = render_document(hand.session.document)[..., 3]
    expected = np.zeros((300, 400))
    expected[70:150, 80:280] = 1
    if others:
        expected[190:230, 80:120] = 1
    else:
        expected[120:140, 50:70] = 1
    soft = slice(148, 152)  # rows over which the mask's edge was stretched
    alpha[soft] = expected[soft]
    np.testing.assert_allclose(alpha, expected, atol=1e-3)
    hand.view.tool.apply()
    assert hand.session.undo_stack.count() == count + 1
    hand.session.undo_stack.undo()
    assert hand.session.document is document
