"""Selecting with the mouse: shapes, corners, colors."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt

from studio.core.document import Layer
from studio.core.raster import Raster
from tests.ui.canvas.conftest import NONE, Hand

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture(autouse=True)
def _without_snapping(view) -> None:
    view.aids.change(snapping=False)


def selected(hand: Hand) -> np.ndarray:
    selection = hand.session.document.selection
    if selection is None:
        return np.zeros((300, 400), bool)
    return selection.pixels8()[..., 0] >= 128


def box(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    expected = np.zeros((300, 400), bool)
    expected[top:bottom, left:right] = True
    return expected


@pytest.mark.parametrize(
    ("keys", "combine"),
    [
        (NONE, lambda first, second: second),
        (SHIFT, lambda first, second: first | second),
        (ALT, lambda first, second: first & ~second),
        (SHIFT | ALT, lambda first, second: first & second),
    ],
)
def test_keys_say_how_two_rectangles_are_combined(hand: Hand, keys, combine) -> None:
    hand.view.set_tool("select-rect")
    hand.drag(hand.at(20, 30), hand.at(120, 130))
    hand.drag(hand.at(200, 200), hand.at(60, 70), modifiers=keys)
    expected = combine(box(20, 30, 120, 130), box(60, 70, 200, 200))
    assert np.array_equal(selected(hand), expected)
    assert hand.session.undo_stack.count() == 2


def test_a_rectangle_snaps_to_edges_unless_ctrl_is_held(hand: Hand) -> None:
    hand.view.aids.change(snapping=True)
    hand.view.set_tool("select-rect")
    hand.drag(hand.at(53, 62), hand.at(247, 252))
    assert np.array_equal(selected(hand), box(50, 60, 247, 252))
    hand.drag(hand.at(247, 252), hand.at(53, 62), modifiers=Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(selected(hand), box(53, 62, 247, 252))


def test_inside_the_selection_a_drag_moves_it_and_a_click_ends_it(hand: Hand) -> None:
    hand.view.set_tool("select-rect")
    hand.drag(hand.at(20, 30), hand.at(120, 130))
    hand.drag(hand.at(60, 70), hand.at(50, 90))
    assert np.array_equal(selected(hand), box(10, 50, 110, 150))
    hand.drag(hand.at(60, 70), hand.at(20, 70))
    assert np.array_equal(selected(hand), box(0, 50, 70, 150))
    hand.click(hand.at(30, 70))
    assert hand.session.document.selection is None
    assert hand.session.undo_stack.count() == 4


def test_a_polygon_is_closed_by_enter_and_corners_can_be_taken_back(hand: Hand, qtbot) -> None:
    hand.view.set_tool("polygon")
    for corner in ((20, 20), (220, 20), (220, 220), (390, 290)):
        hand.click(hand.at(*corner))
    qtbot.keyClick(hand.view, Qt.Key.Key_Backspace)
    qtbot.keyClick(hand.view, Qt.Key.Key_Return)
    rows, columns = np.mgrid[0:300, 0:400] + 0.5
    inside = (columns < 220) & (rows > 20) & (columns - 20 > rows - 20)
    assert np.count_nonzero(selected(hand) != inside) < 210  # at most the slanted edge
    assert hand.session.undo_stack.count() == 1


def test_a_polygon_closes_where_it_began_and_escape_gives_it_up(hand: Hand, qtbot) -> None:
    hand.view.set_tool("polygon")
    for corner in ((20, 20), (120, 20), (120, 120), (20, 120), (22, 21)):
        hand.click(hand.at(*corner))
    assert selected(hand).sum() == pytest.approx(100 * 100, abs=200)
    hand.click(hand.at(200, 200))
    qtbot.keyClick(hand.view, Qt.Key.Key_Escape)
    hand.mouse(QEvent.Type.MouseMove, hand.at(10, 10))
    assert hand.session.undo_stack.count() == 1


def test_the_wand_takes_what_is_connected(hand: Hand, qtbot) -> None:
    hand.session.add_layer(Layer(Raster.from_pixels8(_islands()), "islands", id="islands"))
    hand.view.set_tool("wand")
    hand.click(hand.at(45, 45))
    qtbot.waitUntil(lambda: hand.session.document.selection is not None)
    assert but_for_corners(selected(hand), box(40, 40, 80, 80))
    hand.click(hand.at(205, 105), modifiers=SHIFT)
    qtbot.waitUntil(lambda: selected(hand).sum() > 1600)
    assert but_for_corners(selected(hand), box(40, 40, 80, 80) | box(200, 100, 240, 140))


def test_the_wand_looks_at_one_layer_or_at_all(hand: Hand, qtbot) -> None:
    hand.view.set_tool("wand")
    options = hand.view.tool.options(hand.view)
    assert options is not None
    hand.click(hand.at(350, 250))
    qtbot.waitUntil(lambda: hand.session.document.selection is not None)
    assert but_for_corners(selected(hand), ~box(50, 60, 150, 140))
    options.findChild(type(options.children()[-1])).control("all_layers").click()
    hand.session.set_active("back")
    hand.click(hand.at(350, 250))
    qtbot.waitUntil(lambda: bool(selected(hand).all()))


def _islands() -> np.ndarray:
    """Two blue squares and one that is a little different on white."""
    pixels = np.full((300, 400, 4), 255, np.uint8)
    for x, y, blue in ((40, 40, 200), (200, 100, 200), (300, 200, 100)):
        pixels[y : y + 40, x : x + 40, :3] = (10, 10, blue)
    return pixels


def but_for_corners(found: np.ndarray, expected: np.ndarray) -> bool:
    """A smooth edge rounds every corner by a px."""
    return np.count_nonzero(found != expected) <= 8


def test_strokes_select_an_object_as_one_step(hand: Hand, qtbot) -> None:
    hand.view.set_tool("smart-select")
    hand.drag(hand.at(70, 100), hand.at(130, 105))
    qtbot.waitUntil(lambda: hand.session.document.selection is not None)
    blue = box(50, 60, 150, 140)
    assert np.count_nonzero(selected(hand) != blue) < 0.03 * blue.sum()
    first = hand.session.document.selection
    hand.drag(hand.at(300, 50), hand.at(300, 250), modifiers=ALT)
    qtbot.waitUntil(lambda: hand.session.document.selection is not first)
    assert hand.session.undo_stack.count() == 1
    qtbot.keyClick(hand.view, Qt.Key.Key_Escape)
    assert hand.session.document.selection is None
    assert hand.session.undo_stack.count() == 0
