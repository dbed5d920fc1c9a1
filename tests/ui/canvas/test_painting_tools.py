"""Painting with the mouse: pixels change at once, and each stroke is one undo step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainterPath, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio.app.edit_steps import add_step
from studio.app.selection import rasterized
from studio.core.document import Document, Group, Layer
from studio.core.image import Rect
from studio.core.painting.brush import Brush
from studio.core.raster import Raster
from studio.ui.widgets.number_field import NumberField
from tests.ui.canvas.conftest import NONE, Hand, colored

SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
RED = (1.0, 0.0, 0.0)


@pytest.fixture
def painter(hand: Hand) -> Hand:
    """A white page with a hard red brush of 20 px."""
    hand.session.reset(Document(400, 300, (Layer(colored(400, 300, (255, 255, 255)), id="page"),)))
    hand.view.zoom_to(1.0)
    hand.view.set_tool("brush")
    box = hand.view.painting.box
    box.set_foreground(RED)
    box.set_brush("brush", Brush(size=20, hardness=1.0))
    hand.settle()
    return hand


def page(hand: Hand, layer_id: str = "page") -> np.ndarray:
    return hand.session.document.layer(layer_id).raster.pixels8()


def seen(hand: Hand, x: float, y: float) -> tuple[int, int, int]:
    """The color on the screen at a document px."""
    image = QImage(hand.view.size(), QImage.Format.Format_RGB32)
    hand.view.render(image, QPoint())
    color = image.pixelColor(hand.at(x + 0.5, y + 0.5).toPoint())
    return color.red(), color.green(), color.blue()


def reds(hand: Hand) -> int:
    return int((page(hand) == (255, 0, 0)).all(axis=2).sum())


def test_a_stroke_is_seen_while_it_is_drawn_and_is_one_undo_step(painter: Hand) -> None:
    before = page(painter)
    painter.mouse(QEvent.Type.MouseButtonPress, painter.at(100, 100))
    painter.mouse(QEvent.Type.MouseMove, painter.at(200, 100))
    assert seen(painter, 140, 100) == (255, 0, 0)  # at once: no event loop ran
    assert painter.session.undo_stack.count() == 0
    painter.mouse(QEvent.Type.MouseMove, painter.at(250, 100))
    painter.mouse(QEvent.Type.MouseButtonRelease, painter.at(250, 100))
    assert painter.session.undo_stack.count() == 1
    assert reds(painter) == pytest.approx(150 * 20 + 314, rel=0.05)
    painter.session.undo_stack.undo()
    assert np.array_equal(page(painter), before)
    painter.settle()
    assert seen(painter, 150, 100) == (255, 255, 255)


def test_what_the_screen_shows_live_is_what_it_shows_in_the_end(painter: Hand) -> None:
    painter.session.add_layer(Layer(colored(200, 200, (0, 0, 90, 120)), "above", 80, 30))
    painter.session.set_active("page")
    painter.settle()
    painter.view.painting.box.set_brush("brush", Brush(size=60, hardness=0.2, opacity=0.6))
    painter.drag(painter.at(60, 60), painter.at(300, 200))
    places = [(x, 60 + (x - 60) * 140 // 240 + 9) for x in range(60, 300, 7)]
    live = [seen(painter, *place) for place in places]
    painter.settle()
    painter.session.undo_stack.undo()
    painter.settle()
    painter.session.undo_stack.redo()
    painter.settle()
    again = [seen(painter, *place) for place in places]
    assert np.abs(np.array(live) - again).max() <= 1


def test_shift_click_draws_a_line(painter: Hand) -> None:
    painter.click(painter.at(50, 50))
    painter.click(painter.at(250, 50), modifiers=SHIFT)
    assert reds(painter) == pytest.approx(200 * 20 + 314, rel=0.05)
    assert painter.session.undo_stack.count() == 2


def test_paint_stays_inside_the_selection(painter: Hand) -> None:
    path = QPainterPath()
    path.addRect(100, 0, 50, 300)
    painter.session.set_selection(rasterized(path, painter.session.document.rect))
    painter.drag(painter.at(20, 100), painter.at(300, 100))
    painted = (page(painter) == (255, 0, 0)).all(axis=2)
    assert painted[100, 100:150].all()
    assert not painted[:, :100].any()
    assert not painted[:, 150:].any()


def test_paint_goes_where_the_layer_lies(painter: Hand) -> None:
    painter.session.add_layer(Layer(Raster(100, 100), "moved", 200, 100, id="moved"))
    painter.click(painter.at(250, 150))
    assert page(painter, "moved")[50, 50].tolist() == [255, 0, 0, 255]


def test_a_small_layer_grows_under_the_brush_and_shrinks_by_undo(painter: Hand) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (100, 120, 3), dtype=np.uint8)
    small = Layer(Raster.from_pixels8(pixels), "small", 150, 80, id="small")
    painter.session.add_layer(small)
    painter.settle()
    painter.drag(painter.at(50, 90), painter.at(380, 90))
    layer = painter.session.document.layer("small")
    seen_pixels = layer.raster.pixels8(Rect(-layer.x, -layer.y, 400, 300))
    red = (seen_pixels == (255, 0, 0, 255)).all(axis=2)
    assert red[90, 45:385].all()
    assert np.array_equal(seen_pixels[110:180, 150:270, :3], pixels[30:])
    assert not seen_pixels[120:, :150, 3].any()
    painter.settle()
    assert seen(painter, 60, 90) == (255, 0, 0)
    painter.session.undo_stack.undo()
    assert painter.session.document.layer("small") == small
    painter.settle()
    assert seen(painter, 60, 90) == (255, 255, 255)


def test_a_stroke_inside_a_small_layer_leaves_its_size(painter: Hand) -> None:
    painter.session.add_layer(Layer(colored(120, 100, (0, 0, 255)), "small", 150, 80, id="small"))
    painter.click(painter.at(200, 120))
    layer = painter.session.document.layer("small")
    box = layer.raster.rect.translated(layer.x, layer.y)
    assert box == Rect(150, 80, 120, 100)


def test_under_edits_the_stroke_is_seen_with_them(painter: Hand) -> None:
    add_step(painter.session, "invert")
    painter.settle()
    painter.drag(painter.at(50, 100), painter.at(200, 100))
    painter.settle()
    assert page(painter)[100, 100].tolist() == [255, 0, 0]
    assert seen(painter, 100, 100) == (0, 255, 255)


def test_a_layer_whose_edits_move_pixels_is_refused_with_a_way_out(painter: Hand, qtbot) -> None:
    add_step(painter.session, "rotate", {"angle": 20.0})
    with qtbot.waitSignal(painter.view.painting.notifications.posted) as refused:
        painter.click(painter.at(100, 100))
    assert "turn" in refused.args[0].message
    assert refused.args[0].action == "layer.rasterize"
    assert refused.args[0].hint
    assert painter.session.undo_stack.count() == 1


def test_a_shadow_is_in_the_way_of_neither_paint_nor_handles(painter: Hand) -> None:
    renderer, page = painter.view.renderer, painter.session.document.layer("page")
    before = renderer.rendered_box(page)
    add_step(painter.session, "drop_shadow", {"distance": 60.0, "radius": 4.0})
    painter.settle()
    painter.view.set_tool("brush")
    painter.click(painter.at(100, 100))
    painter.settle()
    assert reds(painter) > 0
    page = painter.session.document.layer("page")
    assert renderer.rendered_box(page) == before
    shown = renderer.rendered_rect(page)
    assert shown.right > before.rect.right


def test_locked_alpha_keeps_its_shape_and_takes_colors(painter: Hand) -> None:
    half = Layer(colored(400, 300, (0, 0, 255, 128)), id="half", locks=frozenset({"alpha"}))
    painter.session.add_layer(half)
    painter.click(painter.at(100, 100))
    assert page(painter, "half")[100, 100].tolist() == [255, 0, 0, 128]
    painter.view.set_tool("eraser")
    painter.click(painter.at(200, 100))
    assert page(painter, "half")[100, 200].tolist() == [255, 255, 255, 128]


@pytest.mark.parametrize("lock", ["all", "hidden", "group"])
def test_what_cannot_be_painted_on_says_why(painter: Hand, qtbot, lock: str) -> None:
    layer = {
        "all": Layer(Raster(9, 9), locks=frozenset({"all"})),
        "hidden": Layer(Raster(9, 9), visible=False),
        "group": Group(Raster(9, 9)),
    }[lock]
    painter.session.add_layer(layer)
    with qtbot.waitSignal(painter.view.painting.notifications.posted) as told:
        painter.click(painter.at(5, 5))
    assert told.args[0].hint
    assert painter.session.undo_stack.count() == 1


def test_escape_gives_a_stroke_up(painter: Hand, qtbot) -> None:
    painter.mouse(QEvent.Type.MouseButtonPress, painter.at(100, 100))
    painter.mouse(QEvent.Type.MouseMove, painter.at(200, 100))
    qtbot.keyClick(painter.view, Qt.Key.Key_Escape)
    painter.mouse(QEvent.Type.MouseButtonRelease, painter.at(200, 100))
    assert painter.session.undo_stack.count() == 0
    painter.settle()
    assert seen(painter, 150, 100) == (255, 255, 255)


def test_an_undo_while_painting_ends_the_stroke(painter: Hand) -> None:
    painter.click(painter.at(50, 50))
    painter.mouse(QEvent.Type.MouseButtonPress, painter.at(100, 100))
    painter.session.undo_stack.undo()
    painter.mouse(QEvent.Type.MouseMove, painter.at(200, 100))
    painter.mouse(QEvent.Type.MouseButtonRelease, painter.at(200, 100))
    assert reds(painter) == 0
    assert painter.session.undo_stack.index() == 0
    painter.settle()
    assert seen(painter, 150, 100) == seen(painter, 50, 50) == (255, 255, 255)


def test_brackets_change_the_size_and_the_options_follow(painter: Hand, qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    options = painter.view.tool.options(parent)
    size, hardness, *_ = options.findChildren(NumberField)
    qtbot.keyClick(painter.view, Qt.Key.Key_BracketRight)
    assert painter.view.painting.box.brush("brush").size == size.value() == 23
    hardness.step(-30)
    assert painter.view.painting.box.brush("brush").hardness == pytest.approx(0.7)


def test_alt_picks_the_color_that_is_seen(painter: Hand) -> None:
    painter.session.add_layer(Layer(colored(50, 50, (0, 128, 255)), "blue", 10, 10))
    painter.settle()
    painter.click(painter.at(30, 30), modifiers=ALT)
    assert painter.view.painting.box.foreground == pytest.approx((0, 128 / 255, 1), abs=1e-3)
    assert painter.session.undo_stack.count() == 1  # the layer's


def test_the_eraser_makes_an_opaque_layer_transparent(painter: Hand) -> None:
    painter.view.set_tool("eraser")
    painter.view.painting.box.set_brush("eraser", Brush(size=20, hardness=1.0))
    painter.click(painter.at(100, 100))
    assert page(painter)[100, 100].tolist() == [255, 255, 255, 0]
    assert page(painter)[200, 100].tolist() == [255, 255, 255, 255]
    painter.session.undo_stack.undo()
    assert page(painter).shape[2] == 3


def test_the_eyedropper_sets_either_color(painter: Hand) -> None:
    painter.session.add_layer(Layer(colored(50, 50, (0, 128, 255)), "blue", 10, 10))
    painter.settle()
    painter.view.set_tool("eyedropper")
    painter.click(painter.at(30, 30), modifiers=ALT)
    assert painter.view.painting.box.background == pytest.approx((0, 128 / 255, 1), abs=1e-3)
    painter.drag(painter.at(30, 30), QPointF(painter.at(200, 200)))
    assert painter.view.painting.box.foreground == (1, 1, 1)


def wait(hand: Hand) -> None:
    hand.qtbot.waitUntil(lambda: not hand.view.painting.busy)


def test_fill_follows_the_drawn_outline_through_all_layers(painter: Hand) -> None:
    painter.view.painting.box.set_brush("brush", Brush(size=10, hardness=1.0))
    for start, end in (((50, 50), (150, 50)), ((150, 50), (100, 150)), ((100, 150), (50, 50))):
        painter.drag(painter.at(*start), painter.at(*end))
    painter.session.add_layer(Layer(Raster(400, 300), "colors", id="colors"))
    painter.view.painting.box.set_foreground((0.0, 0.0, 1.0))
    painter.view.set_tool("fill")
    painter.click(painter.at(100, 80))
    wait(painter)
    filled = page(painter, "colors")[..., 3]
    assert filled[80, 100] == 255
    assert 3000 < (filled == 255).sum() < 5000
    assert not filled[200, 200]
    painter.session.undo_stack.undo()
    assert not page(painter, "colors").any()


def test_a_gradient_goes_from_color_to_color_inside_the_selection(painter: Hand) -> None:
    painter.view.painting.box.set_background((0.0, 0.0, 1.0))
    path = QPainterPath()
    path.addRect(0, 100, 400, 50)
    painter.session.set_selection(rasterized(path, painter.session.document.rect))
    painter.view.set_tool("gradient")
    painter.drag(painter.at(100, 10), painter.at(300, 10))
    wait(painter)
    row = page(painter)[120].astype(int)
    assert np.abs(row[50] - (255, 0, 0)).max() <= 1
    assert np.abs(row[350] - (0, 0, 255)).max() <= 1
    assert np.abs(row[200] - (127, 0, 128)).max() <= 2
    assert page(painter)[90].min() == 255
    assert painter.session.undo_stack.undoText() == "Gradient"


def test_the_clone_stamp_copies_from_the_place_that_was_alt_clicked(painter: Hand) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (300, 400, 3), dtype=np.uint8)
    photo = Layer(Raster.from_pixels8(pixels), id="photo")
    painter.session.reset(Document(400, 300, (photo,)), "photo")
    painter.view.set_tool("clone")
    painter.view.painting.box.set_brush("clone", Brush(size=40, hardness=1.0))
    painter.drag(painter.at(200, 200), painter.at(250, 200))
    assert painter.session.undo_stack.count() == 0  # no source yet
    painter.click(painter.at(60, 60), modifiers=ALT)
    painter.drag(painter.at(200, 200), painter.at(260, 200))
    copied = page(painter, "photo")
    assert np.array_equal(copied[190:210, 195:260], pixels[50:70, 55:120])
    assert np.array_equal(copied[:170], pixels[:170])


def test_heal_removes_a_scratch_and_nothing_else(painter: Hand) -> None:
    yy, xx = np.mgrid[0:300, 0:400]
    waves = 120 + 60 * np.sin(xx / 17) + 40 * np.cos(yy / 23)
    clean = np.repeat(waves[..., None], 3, axis=2).astype(np.uint8)
    scratched = clean.copy()
    scratched[148:152, 100:200] = 255
    photo = Layer(Raster.from_pixels8(scratched), id="photo")
    painter.session.reset(Document(400, 300, (photo,)), "photo")
    painter.view.set_tool("heal")
    painter.view.painting.box.set_brush("heal", Brush(size=10, hardness=1.0))
    painter.settle()
    painter.mouse(QEvent.Type.MouseButtonPress, painter.at(98, 150))
    painter.mouse(QEvent.Type.MouseMove, painter.at(202, 150))
    veil = seen(painter, 150, 150)
    assert veil != (255, 255, 255)  # what will be healed is shown at once
    painter.mouse(QEvent.Type.MouseButtonRelease, painter.at(202, 150))
    wait(painter)
    difference = np.abs(page(painter, "photo").astype(int) - clean)
    assert difference.max() <= 12
    assert not difference[:140].any()
    assert painter.session.undo_stack.count() == 1


def heal_a_spot(painter: Hand) -> None:
    """Paint one, and begin to heal it."""
    painter.view.painting.box.set_brush("brush", Brush(size=6, hardness=1.0))
    painter.click(painter.at(100, 100))
    painter.view.set_tool("heal")
    painter.view.painting.box.set_brush("heal", Brush(size=20, hardness=1.0))
    painter.click(painter.at(100, 100))


def test_a_second_heal_waits_for_the_first(painter: Hand) -> None:
    painter.view.painting.box.set_brush("brush", Brush(size=6, hardness=1.0))
    painter.click(painter.at(100, 100))
    painter.click(painter.at(200, 100))
    painter.view.set_tool("heal")
    painter.view.painting.box.set_brush("heal", Brush(size=20, hardness=1.0))
    painter.click(painter.at(100, 100))
    painter.click(painter.at(200, 100))
    wait(painter)
    assert page(painter).min() >= 250
    assert painter.session.undo_stack.count() == 4


def test_painting_on_while_it_heals_keeps_both(painter: Hand) -> None:
    heal_a_spot(painter)
    painter.view.set_tool("brush")
    painter.click(painter.at(200, 100))
    wait(painter)
    assert page(painter)[90:110, 90:110].min() >= 250
    assert tuple(page(painter)[100, 200]) == (255, 0, 0)


def test_a_stroke_goes_on_while_healing_ends(painter: Hand, qtbot) -> None:
    heal_a_spot(painter)
    painter.view.set_tool("brush")
    painter.mouse(QEvent.Type.MouseButtonPress, painter.at(200, 100))
    qtbot.waitUntil(lambda: painter.view.painting._held is not None, timeout=60_000)
    painter.mouse(QEvent.Type.MouseMove, painter.at(250, 100))
    painter.mouse(QEvent.Type.MouseButtonRelease, painter.at(250, 100))
    wait(painter)
    assert page(painter)[90:110, 90:110].min() >= 250
    assert tuple(page(painter)[100, 225]) == (255, 0, 0)
    assert painter.session.undo_stack.count() == 3


def test_what_is_undone_while_it_heals_leaves_no_veil(painter: Hand) -> None:
    painter.click(painter.at(200, 100))
    painter.view.set_tool("heal")
    painter.click(painter.at(100, 100))
    painter.session.undo_stack.undo()
    wait(painter)
    painter.settle()
    assert seen(painter, 100, 100) == (255, 255, 255)


def test_with_the_mask_active_every_tool_paints_on_the_mask(painter: Hand) -> None:
    session, box = painter.session, painter.view.painting.box
    pixels = session.document.layer("page").raster

    def mask() -> np.ndarray:
        layer = session.document.layer("page")
        assert layer.raster is pixels
        assert layer.mask is not None
        return layer.mask.pixels8()[..., 0]

    white = Raster.solid(400, 300, (1.0,))
    layer = replace(session.document.layer("page"), mask=white)
    session.reset(Document(400, 300, (layer,)), "page")
    session.set_mask_active(True)
    painter.settle()
    box.set_foreground((0.0, 0.0, 0.0))
    painter.mouse(QEvent.Type.MouseButtonPress, painter.at(100, 100))
    painter.mouse(QEvent.Type.MouseMove, painter.at(200, 100))
    hidden = seen(painter, 150, 100)
    assert hidden != (255, 255, 255)  # the checkerboard, while the button is still down
    painter.mouse(QEvent.Type.MouseButtonRelease, painter.at(200, 100))
    assert (mask()[100, 110:190] == 0).all()
    assert mask()[200, 150] == 255
    painter.view.set_tool("eraser")
    painter.drag(painter.at(100, 200), painter.at(200, 200))
    assert (mask()[200, 110:190] == 0).all()
    box.set_foreground((1.0, 1.0, 1.0))
    painter.view.set_tool("fill")
    painter.click(painter.at(150, 100))
    painter.qtbot.waitUntil(lambda: session.undo_stack.count() == 3)
    painter.session.undo_stack.undo()
    painter.session.undo_stack.undo()
    assert mask()[200, 150] == 255
    assert mask()[100, 150] == 0


def test_the_selection_is_filled_with_a_color(painter: Hand) -> None:
    path = QPainterPath()
    path.addRect(100, 50, 50, 100)
    painter.session.set_selection(rasterized(path, painter.session.document.rect))
    painter.view.painting.fill_all((0.0, 0.0, 1.0))
    wait(painter)
    filled = (page(painter) == (0, 0, 255)).all(axis=2)
    assert filled.sum() == 50 * 100
    assert filled[50:150, 100:150].all()


def test_the_pressure_of_a_pen_sets_the_size(painter: Hand) -> None:
    def pen(kind: QEvent.Type, place: QPointF, pressure: float) -> None:
        button = Qt.MouseButton.LeftButton
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.TabletRelease else button
        device = QPointingDevice.primaryPointingDevice()
        where = painter.view.mapToGlobal(place)
        event = QTabletEvent(
            kind, device, place, where, pressure, 0, 0, 0, 0, 0, NONE, button, held
        )
        QApplication.sendEvent(painter.view, event)
        assert not event.isAccepted()  # so that Qt sends the mouse event that follows here

    for kind, mouse, x, pressure in (
        (QEvent.Type.TabletPress, QEvent.Type.MouseButtonPress, 100, 0.3),
        (QEvent.Type.TabletMove, QEvent.Type.MouseMove, 200, 1.0),
        (QEvent.Type.TabletRelease, QEvent.Type.MouseButtonRelease, 200, 0.0),
    ):
        pen(kind, painter.at(x, 100), pressure)
        painter.mouse(mouse, painter.at(x, 100))
    widths = (page(painter) == (255, 0, 0)).all(axis=2).sum(axis=0)
    assert 4 <= widths[100] <= 7
    assert 18 <= widths[198] <= 20
    painter.click(painter.at(300, 200))
    assert (page(painter)[200, :] == (255, 0, 0)).all(axis=1).sum() == pytest.approx(20, abs=1)
