"""Guides from the rulers, and what is dragged snaps to them and to edges."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from studio.core.guides import Guides
from studio.core.layer_tree import empty_group, grouped
from tests.ui.canvas.conftest import LEFT, NONE, Hand

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def pull(hand: Hand, ruler, end: QPointF) -> None:
    """From the middle of a ruler to a place in the view."""
    start = QPointF(ruler.rect().center())
    inside = QPointF(ruler.mapFromParent(end.toPoint()))
    for kind, place, button in (
        (QEvent.Type.MouseButtonPress, start, LEFT),
        (QEvent.Type.MouseMove, inside, Qt.MouseButton.NoButton),
        (QEvent.Type.MouseButtonRelease, inside, LEFT),
    ):
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else LEFT
        event = QMouseEvent(kind, place, ruler.mapToGlobal(place), button, held, NONE)
        QApplication.sendEvent(ruler, event)


def place(hand: Hand) -> tuple[int, int]:
    layer = hand.session.document.layer("top")
    return layer.x, layer.y


def test_guides_are_pulled_from_the_rulers_moved_and_thrown_back(hand: Hand) -> None:
    pull(hand, hand.view.top_ruler, hand.at(10, 33))
    pull(hand, hand.view.left_ruler, hand.at(71, 10))
    assert hand.session.document.guides == Guides((71,), (33,))
    hand.drag(hand.at(71, 280), hand.at(85, 280))
    assert hand.session.document.guides == Guides((85,), (33,))
    hand.drag(hand.at(85, 280), QPointF(3, 200))
    assert hand.session.document.guides == Guides((), (33,))
    assert hand.session.undo_stack.count() == 4
    assert place(hand) == (50, 60)


def test_a_guide_snaps_to_the_edge_of_a_layer(hand: Hand) -> None:
    pull(hand, hand.view.left_ruler, hand.at(147, 10))
    assert hand.session.document.guides.x == (150,)


@pytest.mark.parametrize(
    ("by", "keys", "expected"),
    [
        ((247, 17), NONE, (300, 77)),  # right edge to the canvas
        ((247, 17), CTRL, (297, 77)),
        ((98, 52), NONE, (150, 110)),  # middles
        ((-47, 3), SHIFT, (0, 60)),
    ],
    ids=["edge", "suspended", "middle", "axis"],
)
def test_a_layer_snaps_unless_ctrl_is_held(hand: Hand, by, keys, expected) -> None:
    start = hand.at(100, 100)
    hand.drag(start, start + QPointF(*by), modifiers=keys)
    assert place(hand) == expected


def test_snapping_can_be_off_and_the_grid_on(hand: Hand) -> None:
    start = hand.at(100, 100)
    hand.view.aids.change(snapping=False)
    hand.drag(start, start + QPointF(247, 17))
    assert place(hand) == (297, 77)
    hand.session.undo_stack.undo()
    hand.view.aids.change(snapping=True, grid=True, spacing=30)
    hand.drag(start, start + QPointF(12, 28))
    assert place(hand) == (60, 90)


def test_a_corner_snaps_to_a_guide(hand: Hand) -> None:
    hand.view.aids.add_guide("x", 250)
    hand.drag(hand.at(150, 140), hand.at(247, 200), modifiers=SHIFT)
    hand.settle()
    found = hand.rect()
    assert (found.right, found.bottom) == (250, 200)


def test_lines_are_drawn_while_they_are_snapped_to(hand: Hand) -> None:
    def pink() -> int:
        image = hand.view.grab().toImage()
        column = round(hand.at(400, 0).x())
        return sum(image.pixelColor(column, y).name() == "#ff40a0" for y in range(20, 500))

    start = hand.at(100, 100)
    hand.mouse(QEvent.Type.MouseButtonPress, start)
    hand.mouse(QEvent.Type.MouseMove, start + QPointF(20, 0))
    assert pink() == 0
    hand.mouse(QEvent.Type.MouseMove, start + QPointF(247, 10))
    assert pink() > 300
    hand.mouse(QEvent.Type.MouseButtonRelease, start + QPointF(247, 10))
    assert pink() == 0


def test_a_group_does_not_snap_to_its_own_members(hand: Hand) -> None:
    group = empty_group(hand.session.document, "Group")
    hand.session.commit(grouped(hand.session.document, ["top"], group), "Group")
    hand.session.set_active(group.id)
    start = hand.at(100, 100)
    hand.drag(start, start + QPointF(15, 3))
    assert place(hand) == (65, 63)
