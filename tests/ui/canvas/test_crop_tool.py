"""Cropping with the mouse: of the canvas and of a layer, in proportions, and straightened."""

import math

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from shiboken6 import isValid

from studio.app.cropping import RATIOS, inside_turned, leveling, with_ratio
from studio.app.edit_steps import add_step
from studio.app.layer_rendering import render_document
from studio.core.document import Document, Layer
from studio.core.guides import Guides
from studio.core.image import Rect
from studio.ui.canvas.tools.crop import CropTool
from tests.ui.canvas.conftest import Hand, colored


@pytest.fixture(autouse=True)
def _without_snapping(view) -> None:
    view.aids.change(snapping=False)


def crop_tool(hand: Hand) -> CropTool:
    hand.view.set_tool("crop")
    assert isinstance(hand.view.tool, CropTool)
    return hand.view.tool


def crop_layer(hand: Hand) -> None:
    crop_tool(hand).choose(target="layer")


# --- The canvas ---


def test_the_canvas_is_cropped_and_layers_keep_their_pixels(hand: Hand, qtbot) -> None:
    hand.view.aids.add_guide("x", 100)
    crop_tool(hand)
    hand.drag(hand.at(40, 50), hand.at(240, 200))
    qtbot.keyClick(hand.view, Qt.Key.Key_Return)
    document = hand.session.document
    assert (document.width, document.height) == (200, 150)
    assert (document.layer("top").x, document.layer("top").y) == (10, 10)
    assert document.layer("back").raster.width == 400
    assert document.guides == Guides((60,), ())
    hand.session.undo_stack.undo()
    assert hand.session.document.rect == Rect(0, 0, 400, 300)


@pytest.mark.parametrize("ratio", RATIOS[2:], ids=lambda ratio: ratio.title)
def test_a_frame_keeps_its_proportions(hand: Hand, ratio) -> None:
    tool = crop_tool(hand)
    tool.choose(ratio=ratio, swapped=True)
    assert tool.frame.width() / tool.frame.height() == pytest.approx(ratio.height / ratio.width)
    tool.choose(swapped=False)
    wanted = ratio.width / ratio.height
    assert tool.frame.width() / tool.frame.height() == pytest.approx(wanted)
    assert QRectF(0, 0, 400, 300).contains(tool.frame)
    hand.drag(hand.at(2, 2), hand.at(90, 40))
    hand.drag(QPointF(hand.view.transform.to_view(tool.frame.bottomRight())), hand.at(150, 99))
    assert tool.frame.width() / tool.frame.height() == pytest.approx(wanted)


def test_a_frame_snaps_and_says_its_size(hand: Hand) -> None:
    hand.view.aids.change(snapping=True)
    tool = crop_tool(hand)
    options = tool.options(hand.view)
    assert isValid(options)
    hand.drag(hand.at(20, 20), hand.at(148, 196))
    assert tool.size() == (130, 176)
    assert options.findChildren(type(options._size))[0].text() == "130 × 176 px"


# --- Straightening ---


def test_a_line_along_the_horizon_levels_the_picture(hand: Hand) -> None:
    tool = crop_tool(hand)
    tool.straightening = True
    hand.drag(hand.at(100, 100), hand.at(300, 100 + 200 * math.tan(math.radians(5))))
    angles = [layer.edits[-1].params["angle"] for layer in hand.session.document.layers]
    assert angles == pytest.approx([-5.0, -5.0], abs=0.3)
    assert hand.session.undo_stack.count() == 1
    width, height = inside_turned(400, 300, 5)
    assert (tool.frame.width(), tool.frame.height()) == pytest.approx((width, height), abs=3)
    assert not tool.straightening


@pytest.mark.parametrize("fall", [-9, 4, 10, 13, 17])
def test_what_a_straightened_picture_is_cropped_to_has_no_clear_edge(
    hand: Hand, qtbot, fall: int
) -> None:
    photo = Layer(colored(400, 300, (200, 60, 30)), id="photo")
    hand.session.reset(Document(400, 300, (photo,)), "photo")
    hand.settle()
    tool = crop_tool(hand)
    tool.straightening = True
    hand.drag(hand.at(60, 100), hand.at(340, 100 + fall))
    hand.settle()
    qtbot.keyClick(hand.view, Qt.Key.Key_Return)
    assert render_document(hand.session.document)[..., 3].min() > 0.99


def test_one_layer_is_straightened_alone(hand: Hand) -> None:
    tool = crop_tool(hand)
    tool.choose(target="layer")
    tool.straightening = True
    hand.drag(hand.at(60, 70), hand.at(65, 130))
    assert hand.session.document.layer("back").edits == ()
    assert hand.session.document.layer("top").edits[-1].params["angle"] == pytest.approx(4.8, abs=1)


@pytest.mark.parametrize(
    ("end", "degrees"),
    [((10, 0), 0), ((10, 1), -5.71), ((-10, -1), -5.71), ((1, 10), 5.71), ((10, -9), 41.99)],
)
def test_what_is_nearly_level_or_upright_becomes_so(end, degrees) -> None:
    assert leveling(QPointF(), QPointF(*end)) == pytest.approx(degrees, abs=0.01)


@pytest.mark.parametrize("degrees", [0, 3, 20, 45, 70, 90])
def test_the_inner_rectangle_lies_inside_and_touches(degrees: float) -> None:
    width, height = inside_turned(400, 300, degrees)
    angle = math.radians(degrees)
    reach = [
        (
            abs(x * math.cos(angle) + y * math.sin(angle)) / 200,
            abs(-x * math.sin(angle) + y * math.cos(angle)) / 150,
        )
        for x in (-width / 2, width / 2)
        for y in (-height / 2, height / 2)
    ]
    assert max(max(pair) for pair in reach) == pytest.approx(1.0)


def test_the_largest_frame_of_a_ratio_lies_in_the_middle() -> None:
    assert with_ratio(QRectF(0, 0, 400, 300), 1.0) == QRectF(50, 0, 300, 300)
    assert with_ratio(QRectF(0, 0, 400, 300), 2.0) == QRectF(0, 50, 400, 200)


# --- A layer ---


def test_a_frame_crops_the_layer(hand: Hand, qtbot) -> None:
    crop_layer(hand)
    hand.drag(hand.at(60, 70), hand.at(110, 120))
    assert hand.session.undo_stack.count() == 0
    qtbot.keyClick(hand.view, Qt.Key.Key_Return)
    (step,) = hand.session.document.layer("top").edits
    assert step.params == {"x": 10, "y": 10, "width": 50, "height": 50}
    hand.settle()
    assert hand.rect() == Rect(60, 70, 50, 50)
    assert hand.view.tool_id == "move"


def test_a_frame_is_adjusted_at_its_handles_and_cut_at_the_layer(hand: Hand, qtbot) -> None:
    crop_layer(hand)
    hand.drag(hand.at(60, 70), hand.at(110, 120))
    hand.drag(hand.at(110, 95), hand.at(390, 95))  # the right edge, far beyond the layer
    hand.drag(hand.at(80, 90), hand.at(80, 100))  # the whole frame, down
    qtbot.keyClick(hand.view, Qt.Key.Key_Return)
    hand.settle()
    assert hand.rect() == Rect(60, 80, 90, 50)


def test_escape_starts_over(hand: Hand, qtbot) -> None:
    crop_layer(hand)
    hand.drag(hand.at(60, 70), hand.at(110, 120))
    qtbot.keyClick(hand.view, Qt.Key.Key_Escape)
    qtbot.keyClick(hand.view, Qt.Key.Key_Return)
    assert hand.session.undo_stack.count() == 0


def test_an_edited_layer_is_cropped_where_it_appears(hand: Hand, qtbot) -> None:
    add_step(hand.session, "scale", {"width": 200.0, "height": 200.0})
    hand.settle()
    shown = hand.rect()
    crop_layer(hand)
    hand.drag(hand.at(shown.x + 20, shown.y + 30), hand.at(shown.x + 60, shown.y + 60))
    qtbot.keyClick(hand.view, Qt.Key.Key_Return)
    hand.settle()
    assert hand.rect() == Rect(shown.x + 20, shown.y + 30, 40, 30)
