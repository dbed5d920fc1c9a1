"""The canvas as a person uses it: looking about, and dropping things on it."""

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QPushButton

from studio.core.canvas_size import CanvasSize
from studio.core.document import Document, Layer, Provenance
from studio.core.latent import LatentPoint
from studio.core.raster import Raster
from studio.ui.canvas.layer_card import LayerCard
from studio.ui.canvas.tool_list import FOUND, TOOLS
from studio.ui.canvas.view import CanvasView
from studio.ui.canvas.zoom_bar import ZoomBar, percent
from studio.ui.latent_mime import LATENT_MIME, mime_of
from tests.ui.canvas.conftest import Hand, colored

CONTROL = Qt.KeyboardModifier.ControlModifier
MIDDLE = Qt.MouseButton.MiddleButton


def pixel(view: CanvasView, place: QPointF) -> QColor:
    return view.grab().toImage().pixelColor(place.toPoint())


def near(first: QPointF, second: QPointF) -> bool:
    return (first - second).manhattanLength() < 0.01


def test_the_document_is_shown_where_it_lies(hand: Hand) -> None:
    assert pixel(hand.view, hand.at(300, 200)).getRgb()[:3] == (200, 60, 40)
    assert pixel(hand.view, hand.at(100, 100)).getRgb()[:3] == (20, 90, 200)


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, CONTROL])
def test_the_wheel_zooms_to_the_pointer(hand: Hand, modifiers) -> None:
    place = hand.at(320, 240)
    hand.wheel(place, QPoint(0, 120), modifiers)
    assert hand.view.zoom == pytest.approx(1.2, abs=0.01)
    assert near(hand.at(320, 240), place)
    hand.wheel(place, QPoint(0, -120), modifiers)
    assert hand.view.zoom == pytest.approx(1.0)


def test_two_fingers_pan(hand: Hand) -> None:
    before = hand.at(0, 0)
    hand.wheel(hand.at(10, 10), QPoint(0, 80), pixels=QPoint(-12, 30))
    assert near(hand.at(0, 0) - before, QPointF(-12, 30))
    assert hand.view.zoom == 1.0


def test_the_middle_button_pans(hand: Hand) -> None:
    before = hand.at(0, 0)
    hand.drag(QPointF(300, 300), QPointF(340, 260), button=MIDDLE)
    assert near(hand.at(0, 0) - before, QPointF(40, -40))
    assert hand.session.undo_stack.count() == 0


def test_the_space_bar_turns_every_tool_into_a_hand(hand: Hand, qtbot) -> None:
    before = hand.at(0, 0)
    qtbot.keyPress(hand.view, Qt.Key.Key_Space)
    assert hand.view.cursor().shape() is Qt.CursorShape.OpenHandCursor
    hand.drag(hand.at(100, 100), hand.at(130, 100))
    qtbot.keyRelease(hand.view, Qt.Key.Key_Space)
    assert near(hand.at(0, 0) - before, QPointF(30, 0))
    assert hand.session.undo_stack.count() == 0
    assert hand.view.cursor().shape() is not Qt.CursorShape.OpenHandCursor


def test_panning_shows_the_same_as_painting_anew(hand: Hand) -> None:
    view = hand.view
    view.zoom_to(0.72)
    hand.settle()
    view.grab()
    view.pan(37, -21)
    hand.settle()
    shifted = refined(hand)
    view._backdrop.discard()
    assert refined(hand) == shifted


def refined(hand: Hand) -> QImage:
    """The view once it is as smooth as it gets: a frame has no time for all of it."""
    hand.view.grab()
    hand.qtbot.waitUntil(lambda: not hand.view._backdrop.rough)
    return hand.view.grab().toImage()


def test_zooming_ends_as_smooth_as_painting_anew(hand: Hand) -> None:
    view = hand.view
    pixels = np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)
    view.session.reset(Document(400, 300, (Layer(Raster.from_pixels8(pixels), "noise"),)))
    hand.settle()
    view.grab()
    view.zoom_to(0.72)
    hand.settle()
    first = view.grab().toImage()
    smooth = refined(hand)
    view._backdrop.discard()
    assert refined(hand) == smooth != first


def test_the_document_cannot_be_lost(hand: Hand) -> None:
    hand.view.pan(100_000, -100_000)
    page = hand.view.transform.rect_to_view(hand.session.document.rect)
    assert hand.view.canvas_rect.intersects(page)


def test_fit_follows_the_size_of_the_view_until_it_is_left(hand: Hand, qtbot) -> None:
    hand.view.fit()
    assert hand.view.zoom == pytest.approx((600 - 80) / 400)
    hand.view.resize(1018, 818)
    qtbot.waitUntil(lambda: hand.view.zoom == pytest.approx((1000 - 80) / 400))
    hand.view.zoom_to(1.0)
    hand.view.resize(618, 518)
    qtbot.waitUntil(lambda: hand.view.width() == 618)
    assert hand.view.zoom == 1.0


def test_zoom_is_told_and_shown(hand: Hand, qtbot) -> None:
    buttons = {b.text(): b for b in hand.view.findChild(ZoomBar).findChildren(QPushButton)}
    with qtbot.waitSignal(hand.view.zoom_changed) as blocker:
        buttons["+"].click()
    assert blocker.args == [1.5]
    assert buttons["100 %"].text() == "150 %"
    buttons["1:1"].click()
    assert hand.view.zoom == 1.0
    buttons["−"].click()
    assert hand.view.zoom == 0.75
    buttons["Fit"].click()
    assert hand.view.zoom == pytest.approx(1.3)


def test_percent_is_short() -> None:
    assert [percent(z) for z in (0.015, 0.72, 64.0)] == ["1.5 %", "72 %", "6400 %"]


def test_the_pointer_is_told_in_document_px(hand: Hand, qtbot) -> None:
    with qtbot.waitSignal(hand.view.pointer_moved) as blocker:
        hand.mouse(QEvent.Type.MouseMove, hand.at(33, 44), Qt.MouseButton.NoButton)
    assert near(blocker.args[0], QPointF(33, 44))
    with qtbot.waitSignal(hand.view.pointer_moved) as blocker:
        QApplication.sendEvent(hand.view, QEvent(QEvent.Type.Leave))
    assert blocker.args == [None]


def test_a_change_of_the_document_reaches_the_screen(hand: Hand) -> None:
    hand.session.change_layer("top", "Hide", visible=False)
    hand.settle()
    assert pixel(hand.view, hand.at(100, 100)).getRgb()[:3] == (200, 60, 40)


def test_another_size_is_fitted(hand: Hand) -> None:
    hand.session.set_canvas_size(CanvasSize(4000, 3000, 300.0, (0, 0)))
    page = hand.view.transform.rect_to_view(hand.session.document.rect)
    assert hand.view.canvas_rect.contains(page)


def test_an_empty_document_says_how_to_begin(hand: Hand) -> None:
    hand.session.reset(Document(400, 300))
    hand.settle()
    middle = hand.view.canvas_rect.center()
    card = pixel(hand.view, middle - QPointF(150, 0))
    assert card.lightness() < 60  # a dark card on the light checkerboard


def test_a_generated_layer_has_a_card_that_leads_to_the_explorer(hand: Hand, qtbot) -> None:
    card = hand.view.findChild(LayerCard)
    assert card.isHidden()
    point = LatentPoint.of_seed(417, 0.8)
    made = Layer(colored(60, 60, (9, 9, 9)), x=100, y=50, provenance=Provenance(point=point))
    hand.session.add_layer(made)
    assert card.isVisible()
    texts = " ".join(label.text() for label in card.findChildren(type(card._text)))
    assert "seed 417 · truncation 0.80" in texts
    assert card.y() >= hand.at(0, 110).y()
    with qtbot.waitSignal(hand.view.open_in_explorer) as blocker:
        card.findChild(QPushButton).click()
    assert blocker.args == [made.id]
    hand.session.set_active("back")
    assert card.isHidden()


def test_the_card_of_a_layer_leaves_the_zoom_bar_free(hand: Hand) -> None:
    card, bar = hand.view.findChild(LayerCard), hand.view.zoom_bar
    corner = hand.view.transform.to_document(QPointF(bar.geometry().center()))
    made = Layer(
        colored(30, 30, (9, 9, 9)),
        x=round(corner.x()) - 30,
        y=round(corner.y()) - 40,
        provenance=Provenance(point=LatentPoint.of_seed(417, 0.8)),
    )
    hand.session.add_layer(made)
    hand.settle()
    hand.view.zoom_to(hand.view.zoom)
    assert card.isVisible()
    assert not card.geometry().intersects(bar.geometry())


def drop(view: CanvasView, data: QMimeData, place: QPointF) -> None:
    event = QDropEvent(
        place,
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    view.dropEvent(event)


def test_files_can_be_dropped(hand: Hand, qtbot, tmp_path: Path) -> None:
    data = QMimeData()
    files = [tmp_path / "a b.png", tmp_path / "ü.jpg"]
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    with qtbot.waitSignal(hand.view.files_dropped) as blocker:
        drop(hand.view, data, hand.at(12, 34))
    assert blocker.args[0] == files
    assert near(blocker.args[1], QPointF(12, 34))


def test_a_latent_point_can_be_dropped(hand: Hand, qtbot) -> None:
    point = LatentPoint.of_seed(7, 0.5)
    with qtbot.waitSignal(hand.view.latent_dropped) as blocker:
        drop(hand.view, mime_of(point), hand.at(5, 6))
    assert blocker.args[0] == point


@pytest.mark.parametrize("text", ["", "{", json.dumps({"anchors": []}), json.dumps([1])])
def test_a_damaged_latent_point_is_no_files_either(hand: Hand, qtbot, text: str) -> None:
    data = QMimeData()
    data.setData(LATENT_MIME, QByteArray(text.encode()))
    view = hand.view
    nothing = qtbot.assertNotEmitted
    with nothing(view.latent_dropped), nothing(view.files_dropped):
        drop(view, data, hand.at(5, 6))


def test_every_tool_can_be_picked_and_has_words_and_a_drawing(hand: Hand, qtbot) -> None:
    from studio.ui import icons

    assert not FOUND.broken
    keys = [info.shortcut for info in TOOLS if info.shortcut]
    assert len(set(keys)) == len(keys)
    for info in TOOLS:
        hand.view.set_tool(info.id)
        assert hand.view.tool_id == info.id
        assert info.icon in icons.names()
        assert info.title
        assert info.hint
        options = hand.view.tool.options(hand.view)
        assert options is None or options.parent() is hand.view
        hand.view.grab()
