"""A canvas that shows a small document, and a hand to use it with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from studio.app.canvas_aids import CanvasAids
from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.app.lanes import Lane
from studio.app.notifications import Notifications
from studio.app.painting import Painting
from studio.app.selection_session import SelectionSession
from studio.core.document import Document, Layer
from studio.core.image import Rect
from studio.core.raster import Raster
from studio.ui.canvas.view import CanvasView

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def colored(width: int, height: int, color: tuple[int, ...]) -> Raster:
    return Raster.from_pixels8(np.full((height, width, len(color)), color, np.uint8))


class Hand:
    """Mouse and wheel over a canvas, at document px."""

    def __init__(self, view: CanvasView, qtbot) -> None:
        self.view = view
        self.qtbot = qtbot

    @property
    def session(self) -> DocumentSession:
        return self.view.session

    def rect(self, layer_id: str = "top") -> Rect:
        """Where a layer appears."""
        return self.view.renderer.rendered_rect(self.session.document.layer(layer_id))

    def at(self, x: float, y: float) -> QPointF:
        return self.view.transform.to_view(QPointF(x, y))

    def mouse(self, kind: QEvent.Type, place: QPointF, button=LEFT, modifiers=NONE) -> None:
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else button
        where = self.view.mapToGlobal(place)
        acting = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else button
        event = QMouseEvent(kind, place, where, acting, held, modifiers)
        QApplication.sendEvent(self.view, event)

    def drag(self, start: QPointF, end: QPointF, button=LEFT, modifiers=NONE) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, start, button, modifiers)
        for part in (0.25, 0.5, 0.75, 1.0):
            place = start + (end - start) * part
            self.mouse(QEvent.Type.MouseMove, place, button, modifiers)
        self.mouse(QEvent.Type.MouseButtonRelease, end, button, modifiers)

    def click(self, place: QPointF, modifiers=NONE) -> None:
        self.drag(place, place, modifiers=modifiers)

    def wheel(self, place: QPointF, angle: QPoint, modifiers=NONE, pixels: QPoint | None = None):
        event = QWheelEvent(
            place,
            self.view.mapToGlobal(place),
            pixels or QPoint(),
            angle,
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.view, event)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.view.renderer.idle)


@pytest.fixture
def view(qtbot) -> Iterator[CanvasView]:
    lane = Lane("edits")
    session = DocumentSession()
    renderer = CanvasRenderer(session, lane)
    notifications = Notifications()
    selections = SelectionSession(session, lane, notifications)
    painting = Painting(session, renderer, lane, notifications)
    view = CanvasView(session, renderer, selections, painting, CanvasAids(session))
    qtbot.addWidget(view)
    view.resize(618, 518)  # 600 x 500 without the rulers
    with qtbot.waitExposed(view):
        view.show()
    layers = (
        Layer(colored(400, 300, (200, 60, 40)), "back", id="back"),
        Layer(colored(100, 80, (20, 90, 200)), "top", 50, 60, id="top"),
    )
    session.reset(Document(400, 300, layers), "top")
    view.zoom_to(1.0)
    yield view
    renderer.close()
    lane.close()


@pytest.fixture
def hand(view, qtbot) -> Hand:
    hand = Hand(view, qtbot)
    hand.settle()
    return hand
