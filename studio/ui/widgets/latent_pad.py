"""A picture that is steered by dragging between four others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from studio.ui import icons, theme
from studio.ui.widgets.picture_view import CORNER, PictureView, paint_picture

_THUMB = 48.0
_INSET = 8.0
_DICE = 20.0
_NUDGE = 0.02
_AWAY_OPACITY = 0.55
_NUDGES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def nudge(event: QKeyEvent) -> tuple[float, float] | None:
    """The step of an arrow key in a plane from 0 to 1, larger with Shift; None for other keys."""
    direction = _NUDGES.get(Qt.Key(event.key()))
    if direction is None:
        return None
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    step = _NUDGE * (5 if shift else 1)
    return direction[0] * step, direction[1] * step


class LatentPad(PictureView):
    """The picture in view, a thumbnail in each corner, and the handle between them.

    Places run from (0, 0), the middle of the top left thumbnail, to (1, 1). Emits
    `moved(float, float)` while the handle moves, `released()` at the end of a drag or nudge,
    `corner_rolled(int)` when a corner's dice is clicked and `corner_menu_requested(int, QPoint)`;
    corners count top left, top right, bottom left, bottom right.
    """

    moved = Signal(float, float)
    released = Signal()
    corner_rolled = Signal(int)
    corner_menu_requested = Signal(int, QPoint)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._corners: list[QImage | None] = [None] * 4
        self._place = (0.5, 0.5)
        self._away = False
        self._dragging = False
        self._hovered = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def place(self) -> tuple[float, float]:
        return self._place

    def set_place(self, x: float, y: float, *, away: bool = False) -> None:
        """Show the handle elsewhere; emits nothing.

        `away`: the picture in view is not of this place, and the handle is but a faint ring.
        """
        if (x, y, away) != (*self._place, self._away):
            self._place, self._away = (x, y), away
            self.update()

    def set_corners(self, images: Sequence[QImage | None]) -> None:
        self._corners = list(images)
        self.update()

    def corner_rect(self, corner: int) -> QRectF:
        """Where a corner's thumbnail is, in px."""
        inner = self.frame().adjusted(_INSET, _INSET, -_INSET, -_INSET)
        x = inner.left() if corner % 2 == 0 else inner.right() - _THUMB
        y = inner.top() if corner < 2 else inner.bottom() - _THUMB
        return QRectF(x, y, _THUMB, _THUMB)

    def dice_rect(self, corner: int) -> QRectF:
        """Where the dice of a corner can be clicked, in px: its inner corner."""
        rect = QRectF(0, 0, _DICE, _DICE)
        thumb = self.corner_rect(corner)
        x = thumb.right() if corner % 2 == 0 else thumb.left()
        y = thumb.bottom() if corner < 2 else thumb.top()
        rect.moveCenter(QPointF(x, y))
        return rect

    def position_of(self, x: float, y: float) -> QPointF:
        """The px of a place."""
        track = self._track()
        return QPointF(track.x() + x * track.width(), track.y() + y * track.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._hovered >= 0 and self.dice_rect(self._hovered).contains(event.position()):
            self.corner_rolled.emit(self._hovered)
            return
        self._dragging = True
        self._go_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._go_to(event.position())
        else:
            self._hover(self._corner_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False
            self.released.emit()

    def leaveEvent(self, event: object) -> None:
        self._hover(-1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        corner = self._corner_at(QPointF(event.pos()))
        if corner >= 0:
            self.corner_menu_requested.emit(corner, event.globalPos())
        else:
            super().contextMenuEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = nudge(event)
        if step is None:
            super().keyPressEvent(event)
        else:
            self._move(self._place[0] + step[0], self._place[1] + step[1])

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if nudge(event) is not None and not event.isAutoRepeat():
            self.released.emit()
        else:
            super().keyReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for corner, image in enumerate(self._corners):
            self._paint_corner(painter, corner, image)
        self._paint_handle(painter, self.position_of(*self._place))

    def _paint_corner(self, painter: QPainter, corner: int, image: QImage | None) -> None:
        dark = theme.DARK
        rect = self.corner_rect(corner)
        paint_picture(painter, rect, image, CORNER)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.fade(dark.color("well"), 0.75), 3.0))
        painter.drawRoundedRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5), CORNER, CORNER)
        painter.setPen(QPen(dark.color("handle"), 1.5))
        painter.drawRoundedRect(rect, CORNER, CORNER)
        if corner == self._hovered:
            dice = self.dice_rect(corner)
            painter.setPen(QPen(dark.color("hairline"), 1.0))
            painter.setBrush(dark.color("field"))
            painter.drawEllipse(dice)
            drawing = icons.pixmap("dice", 14, dark.color("text"), self.devicePixelRatioF())
            painter.drawPixmap(dice.center() - QPointF(7, 7), drawing)

    def _paint_handle(self, painter: QPainter, center: QPointF) -> None:
        painter.setOpacity(_AWAY_OPACITY if self._away else 1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.fade(theme.DARK.color("well"), 0.6), 5.0))
        painter.drawEllipse(center, 9.0, 9.0)
        painter.setPen(QPen(theme.DARK.color("handle"), 2.5))
        if not self._away:
            painter.setBrush(theme.current().color("accent"))
        painter.drawEllipse(center, 8.0, 8.0)

    def _track(self) -> QRectF:
        return QRectF(self.corner_rect(0).center(), self.corner_rect(3).center())

    def _go_to(self, position: QPointF) -> None:
        track = self._track()
        self._move(
            (position.x() - track.x()) / max(1.0, track.width()),
            (position.y() - track.y()) / max(1.0, track.height()),
        )

    def _move(self, x: float, y: float) -> None:
        place = min(1.0, max(0.0, x)), min(1.0, max(0.0, y))
        if place != self._place or self._away:
            self.set_place(*place)
            self.moved.emit(*place)

    def _corner_at(self, position: QPointF) -> int:
        for corner in range(4):
            spots = (self.corner_rect(corner), self.dice_rect(corner))
            if any(spot.contains(position) for spot in spots):
                return corner
        return -1

    def _hover(self, corner: int) -> None:
        if corner != self._hovered:
            self._hovered = corner
            tip = "Drag between the corners; right-click to pin a picture here"
            self.setToolTip(tip if corner >= 0 else "")
            self.update()
