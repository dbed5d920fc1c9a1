"""The picture in view as something whose points can be dragged."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen

from studio.core.region_mask import Move, Spot
from studio.ui import theme
from studio.ui.explorer.steering.region_view import RegionView

_HANDLE = 5.0  # px
_HEAD = 7.0  # px, of an arrow


class DragView(RegionView):
    """Press on a point and pull it to where it shall be. With `paints`, it is a `RegionView`.

    Emits `moved(tuple)`, from where to where, and `removed(tuple)`, a spot that was right-clicked.
    """

    moved = Signal(tuple)
    removed = Signal(tuple)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.paints = False
        self._moves: Sequence[Move] = ()
        self._handles: Sequence[Spot] = ()
        self._pull: tuple[QPointF, QPointF] | None = None

    def set_moves(self, moves: Sequence[Move], handles: Sequence[Spot]) -> None:
        """Show moves, and where their handles are by now."""
        self._moves, self._handles = moves, handles
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.paints:
            super().mousePressEvent(event)
        elif event.button() == Qt.MouseButton.RightButton:
            self.removed.emit(self.spot(event.position()))
        elif event.button() == Qt.MouseButton.LeftButton:
            self._pull = event.position(), event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pull is not None:
            self._pull = self._pull[0], event.position()
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pull is None:
            super().mouseReleaseEvent(event)
            return
        start, end = self._pull
        self._pull = None
        if math.dist(start.toTuple(), end.toTuple()) > _HANDLE:
            self.moved.emit((self._inside(start), self._inside(end)))
        self.update()

    def _inside(self, position: QPointF) -> Spot:
        x, y = self.spot(position)
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    def _position(self, spot: Spot) -> QPointF:
        frame = self.frame()
        return frame.topLeft() + QPointF(spot[0] * frame.width(), spot[1] * frame.height())

    def _paint_brush(self, painter: QPainter, middle: QPointF) -> None:
        if self.paints:
            super()._paint_brush(painter, middle)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for move, handle in zip(self._moves, self._handles, strict=False):
            _paint_move(painter, self._position(handle), self._position(move[1]))
        if self._pull is not None:
            _paint_move(painter, *self._pull)


def _paint_move(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """A handle, and an arrow to its target; rimmed, to be seen on dark and on light."""
    look = theme.current()
    way = end - start
    length = math.hypot(way.x(), way.y())
    for color, width in (("well", 4.0), ("accent", 2.0)):
        painter.setPen(QPen(look.color(color), width, c=Qt.PenCapStyle.RoundCap))
        if length > _HANDLE:
            painter.drawLine(start, end)
            for turn in (2.6, -2.6):
                angle = math.atan2(way.y(), way.x()) + turn
                side = QPointF(math.cos(angle), math.sin(angle)) * _HEAD
                painter.drawLine(end, end + side)
    painter.setPen(QPen(look.color("well"), 1.5))
    painter.setBrush(look.color("handle"))
    painter.drawEllipse(start, _HANDLE, _HANDLE)
    painter.setBrush(Qt.BrushStyle.NoBrush)
