"""Who came from whom: a graph of pictures, ancestors on top."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from studio.app.latent_session import LatentSession
from studio.core.breeding import Breeding
from studio.core.latent import LatentPoint
from studio.ui import theme
from studio.ui.widgets.picture_view import paint_picture

_SIDE = 40.0
_GAP = 10.0
_ROW = 66.0
_CORNER = 4.0


class LineageView(QWidget):
    """Emits `picked(point)` on a click, `opened(point)` on a double-click and
    `menu_requested(point, QPoint)` with a global position.
    """

    picked = Signal(object)
    opened = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self, latent: LatentSession) -> None:
        super().__init__()
        self._latent = latent
        self._breeding = Breeding()
        self._columns = 1
        self._places: dict[LatentPoint, tuple[float, int]] = {}
        self.sheet = latent.pictures.new_sheet()
        self.sheet.changed.connect(self.update)
        self.setAccessibleName("Lineage")
        self.setToolTip("Click looks at a picture, a double-click breeds its parents again")

    def show_lineage(self, breeding: Breeding) -> None:
        self._breeding = breeding
        rows = breeding.generations()
        self._columns = max((len(row) for row in rows), default=1)
        self._places = {
            point: (place - (len(row) - 1) / 2, depth)
            for depth, row in enumerate(rows)
            for place, point in enumerate(row)
        }
        self.setMinimumSize(self.sizeHint())
        if self._latent.card is not None:
            self.sheet.show(self._latent.card.path, tuple(self._places))
        self.update()

    def rect_of(self, point: LatentPoint) -> QRectF:
        """Where a picture is, in px."""
        across, depth = self._places[point]
        center = self.width() / 2 + across * (_SIDE + _GAP)
        return QRectF(center - _SIDE / 2, _GAP + depth * _ROW, _SIDE, _SIDE)

    def sizeHint(self) -> QSize:
        depth = 1 + max((depth for _, depth in self._places.values()), default=0)
        return QSize(round(self._columns * (_SIDE + _GAP) + _GAP), round(depth * _ROW))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        point = self._at(event.position())
        if point is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(point)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = self._at(event.position())
        if point is not None:
            self.opened.emit(point)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        point = self._at(QPointF(event.pos()))
        if point is not None:
            self.menu_requested.emit(point, event.globalPos())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.current().color("secondary"), 1.2))
        for birth in self._breeding.births:
            for parent in birth.parents:
                painter.drawPath(_line(self.rect_of(parent), self.rect_of(birth.child)))
        pictures = dict(zip(self.sheet.points, self.sheet.pictures, strict=True))
        for point in self._places:
            self._paint_node(painter, point, pictures.get(point))

    def _paint_node(self, painter: QPainter, point: LatentPoint, picture: object) -> None:
        look, rect = theme.current(), self.rect_of(point)
        paint_picture(painter, rect, picture, _CORNER)  # type: ignore[arg-type]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if point == self._latent.state.point:
            painter.setPen(QPen(look.color("accent"), 2.0))
            painter.drawRoundedRect(rect, _CORNER, _CORNER)
        elif point in self._breeding.parents:
            painter.setPen(QPen(look.color("good"), 1.6))
            painter.drawRoundedRect(rect, _CORNER, _CORNER)

    def _at(self, position: QPointF) -> LatentPoint | None:
        return next((p for p in self._places if self.rect_of(p).contains(position)), None)


def _line(parent: QRectF, child: QRectF) -> QPainterPath:
    start = QPointF(parent.center().x(), parent.bottom())
    end = QPointF(child.center().x(), child.top())
    middle = (start.y() + end.y()) / 2
    path = QPainterPath(start)
    path.cubicTo(QPointF(start.x(), middle), QPointF(end.x(), middle), end)
    return path
