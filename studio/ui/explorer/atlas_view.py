"""The map of latent space: thumbnails on shaded ground, pins, and where one is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.app.atlas_session import AtlasSession, Pin
from studio.app.latent_session import LatentSession
from studio.app.qimage import qimage_of_pixels8
from studio.core.atlas import CELLS, Place, density
from studio.ui import theme
from studio.ui.widgets.latent_pad import nudge
from studio.ui.widgets.picture_view import paint_picture

_GROUND = 48  # px of the shading, stretched over the map
_PIN = 3.0
_PREVIEW = 88.0
_FAINT = 0.55  # thumbnails during a drag
_SHADE = 0.55  # of the accent where known images are densest
_CELL_PX = 64  # of thumbnails: enough for a cell on a fine screen


class AtlasView(QWidget):
    """Press, drag or use the arrow keys to go.

    The picture in view shows beside its place until the pointer moves on.
    Emits `gone(float, float)`, 0 to 1 from the top left, and `rested()`.
    """

    gone = Signal(float, float)
    rested = Signal()

    def __init__(self, session: AtlasSession, latent: LatentSession) -> None:
        super().__init__()
        self._session = session
        self._latent = latent
        self._ground: QImage | None = None
        self._cells: list[tuple[int, int]] = []
        self._map: object = None
        self._pin: Pin | None = None
        self._crowd: NDArray[np.float32] | None = None
        self._aim: Place | None = None
        self._aimed_from: Sequence[Place] = ()
        self._dragging = False
        self._here: Place | None = None
        self._shows_here = False
        self.sheet = latent.pictures.new_sheet(_CELL_PX)
        self.sheet.changed.connect(self.update)
        session.changed.connect(self._follow)
        latent.preview_changed.connect(self.update)
        self.setAccessibleName("Map of the latent space")
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_map(self) -> None:
        """Show what the session has."""
        found, card = self._session.map, self._latent.card
        if found is not self._map:
            self._map, self._ground, self._cells = found, None, []
        if found is not None and card is not None:
            chosen = found.thumbnails()
            self._cells = list(chosen.values())
            truncation = self._latent.state.truncation
            prompt = self._latent.state.prompt
            landmarks = [found.points[index] for index in chosen]
            self.sheet.show(
                card.path, [p.asked(prompt).with_truncation(truncation) for p in landmarks]
            )
        self._shade()
        self.update()

    def _follow(self) -> None:
        if self._session.here != self._here:
            self._here, self._shows_here = self._session.here, True
            self.update()

    def show_aim(self, aim: Place | None, known: Sequence[Place] = ()) -> None:
        """Mark where a button would lead, and the places by which it knows."""
        self._aim, self._aimed_from = aim, known
        self.update()

    def _shade(self) -> None:
        """Lighter where training images are dense, or landmarks where none are known."""
        found = self._session.map
        if found is None:
            return
        pins = [pin.place for pin in self._session.pins]
        places = np.array(pins, np.float32) if pins else found.places
        look = theme.current()
        low, high = (_rgb(look.color(token)) for token in ("well", "accent"))
        self._crowd = density(places, _GROUND)
        share = _SHADE * self._crowd[..., None]
        ground = low + share * (high - low)
        self._ground = qimage_of_pixels8(np.rint(ground).astype(np.uint8))

    def frame(self) -> QRectF:
        """The map: the largest square that fits."""
        side = float(min(self.width(), self.height()))
        return QRectF((self.width() - side) / 2, 0.0, side, side)

    def position_of(self, place: Place) -> QPointF:
        frame = self.frame()
        return QPointF(frame.x() + place[0] * frame.width(), frame.y() + place[1] * frame.height())

    # --- Mouse ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._session.map is not None:
            self._dragging = True
            self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._go(event.position())
            return
        pin = self._pin_at(event.position())
        stays = self._shows_here and self._is_near(event.position())
        if (pin, stays) != (self._pin, self._shows_here):
            self._pin, self._shows_here = pin, stays
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._dragging:
            self._dragging = False
            self.rested.emit()
            self.update()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._latent.place_on_canvas()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step, here = nudge(event), self._session.here
        if step is None or here is None:
            super().keyPressEvent(event)
        else:
            self.gone.emit(*(min(1.0, max(0.0, a + b)) for a, b in zip(here, step, strict=True)))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if nudge(event) is not None and not event.isAutoRepeat():
            self.rested.emit()
        else:
            super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            pin = self._pin_at(QPointF(event.pos()))
            tip = f"Your image: {pin.name}" if pin else "Drag to go; dots are your images"
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _go(self, position: QPointF) -> None:
        frame = self.frame()
        x = (position.x() - frame.x()) / max(1.0, frame.width())
        y = (position.y() - frame.y()) / max(1.0, frame.height())
        self.gone.emit(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))

    def _is_near(self, position: QPointF) -> bool:
        here = self._session.here
        return here is not None and _distance(self.position_of(here), position) < _PREVIEW

    def _pin_at(self, position: QPointF) -> Pin | None:
        pins = self._session.pins
        near = [p for p in pins if _distance(self.position_of(p.place), position) < 2 * _PIN]
        return min(near, key=lambda p: _distance(self.position_of(p.place), position), default=None)

    # --- Painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = theme.current()
        paint_picture(painter, self.frame(), self._ground)
        if self._session.map is None:
            painter.setPen(look.color("secondary"))
            center = Qt.AlignmentFlag.AlignCenter
            share = self._session.share or 0.0
            painter.drawText(self.frame(), center, f"Drawing the map… {share:.0%}")
            return
        self._paint_thumbnails(painter)
        self._paint_pins(painter)
        self._paint_aim(painter)
        self._paint_here(painter)

    def _paint_thumbnails(self, painter: QPainter) -> None:
        """What is far from all known images is small and faint: there is something to explore."""
        frame = self.frame()
        cell = frame.width() / CELLS
        for (row, column), picture in zip(self._cells, self.sheet.pictures, strict=False):
            if picture is not None:
                known = self._familiarity(row, column)
                painter.setOpacity((_FAINT if self._dragging else 1.0) * (0.4 + 0.6 * known))
                rect = QRectF(frame.x() + column * cell, frame.y() + row * cell, cell, cell)
                gap = 1.0 + (1.0 - known) * 0.12 * cell
                paint_picture(painter, rect.adjusted(gap, gap, -gap, -gap), picture, 3.0)
        painter.setOpacity(1.0)

    def _familiarity(self, row: int, column: int) -> float:
        """0 where none of the known images are, 1 where they are many."""
        if self._crowd is None:
            return 1.0
        y, x = (int((place + 0.5) * _GROUND / CELLS) for place in (row, column))
        return float(min(1.0, 2.0 * self._crowd[y, x]) ** 0.5)

    def _paint_pins(self, painter: QPainter) -> None:
        painter.setPen(QPen(theme.DARK.color("well"), 1.0))
        painter.setBrush(theme.DARK.color("attention"))
        for pin in self._session.pins:
            painter.drawEllipse(self.position_of(pin.place), _PIN, _PIN)
        if self._pin is not None and not self._shows_here:
            self._paint_bubble(painter, self.position_of(self._pin.place), self._pin.image)

    def _paint_aim(self, painter: QPainter) -> None:
        """Where a button leads: a ring, and lines from the places that it is between."""
        if self._aim is None:
            return
        target = self.position_of(self._aim)
        known = [self.position_of(place) for place in self._aimed_from]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((theme.DARK.color("well"), 4.0), (theme.DARK.color("handle"), 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawPolyline(known)
            for place in known:
                painter.drawEllipse(place, 4.0, 4.0)
            painter.drawEllipse(target, 10.0, 10.0)

    def _paint_here(self, painter: QPainter) -> None:
        here = self._session.here
        if here is None:
            return
        center = self.position_of(here)
        painter.setPen(QPen(theme.DARK.color("well"), 4.0))
        painter.setBrush(theme.current().color("accent"))
        painter.drawEllipse(center, 7.0, 7.0)
        painter.setPen(QPen(theme.DARK.color("handle"), 2.0))
        painter.drawEllipse(center, 7.0, 7.0)
        if self._shows_here:
            self._paint_bubble(painter, center, self._latent.preview)

    def _paint_bubble(self, painter: QPainter, at: QPointF, image: QImage | None) -> None:
        """A larger picture beside a place, inside the map."""
        frame = self.frame()
        right = at.x() + 14 + _PREVIEW < frame.right()
        x = at.x() + 14 if right else at.x() - 14 - _PREVIEW
        y = min(max(frame.top() + 2, at.y() - _PREVIEW / 2), frame.bottom() - _PREVIEW - 2)
        rect = QRectF(x, y, _PREVIEW, _PREVIEW)
        paint_picture(painter, rect, image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.DARK.color("handle"), 1.5))
        painter.drawRoundedRect(rect, 5, 5)


def _rgb(color: QColor) -> NDArray[np.float32]:
    return np.array((color.red(), color.green(), color.blue()), np.float32)


def _distance(first: QPointF, second: QPointF) -> float:
    return float((first - second).manhattanLength())
