"""Rulers along the canvas, in document px."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.ui import theme
from studio.ui.canvas.view_transform import ViewTransform

THICKNESS = 18
LABEL_PX = 9
_ROOM = 64  # view px that a label needs


def tick_step(zoom: float) -> float:
    """Document px between two labels: 1, 2 or 5 times a power of ten."""
    least = _ROOM / zoom
    power = 10.0 ** math.floor(math.log10(least))
    return max(1.0, next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least))


class Ruler(QWidget):
    """One ruler; `show_transform` and `show_pointer` keep it in step with the canvas.

    A guide is dragged out of it: emits `grabbed()`, `pulled(QPointF)` in the parent's px and
    `let_go()`.
    """

    grabbed = Signal()
    pulled = Signal(QPointF)
    let_go = Signal()

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(parent)
        self._orientation = orientation
        self._transform = ViewTransform()
        self._pointer: QPointF | None = None
        self._scale = QPixmap()  # without the pointer, which moves all the time
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setToolTip("Drag a guide onto the canvas")
        down = Qt.CursorShape.SplitVCursor
        self.setCursor(down if self._is_horizontal else Qt.CursorShape.SplitHCursor)

    def sizeHint(self) -> QSize:
        return QSize(THICKNESS, THICKNESS)

    def show_transform(self, transform: ViewTransform) -> None:
        """Follow the canvas; the ruler's own corner is the canvas's view origin."""
        if transform != self._transform:
            self._transform = transform
            self._scale = QPixmap()
            self.update()

    def show_pointer(self, position: QPointF | None) -> None:
        """Mark the view position of the pointer; None: it left."""
        self._pointer = position
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.grabbed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.pulled.emit(self.mapToParent(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.let_go.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scale = QPixmap()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.StyleChange:
            self._scale = QPixmap()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._scale.isNull() or self._scale.devicePixelRatio() != ratio:
            self._scale = QPixmap(self.size() * ratio)
            self._scale.setDevicePixelRatio(ratio)
            self._paint_scale(QPainter(self._scale))
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._scale)
        self._turn(painter)
        self._paint_pointer(painter, theme.current().color("accent"))

    def _paint_scale(self, painter: QPainter) -> None:
        colors = theme.current()
        painter.setFont(theme.tabular_font(LABEL_PX))
        painter.fillRect(self.rect(), colors.color("background"))
        self._turn(painter)
        length = self.width() if self._is_horizontal else self.height()
        painter.setPen(colors.color("hairline"))
        painter.drawLine(QLineF(0, THICKNESS - 0.5, length, THICKNESS - 0.5))
        self._paint_ticks(painter, length, colors.color("secondary"))
        painter.end()

    def _turn(self, painter: QPainter) -> None:
        """Along the ruler is +x, into the canvas +y."""
        if not self._is_horizontal:
            painter.rotate(90)
            painter.scale(1, -1)

    @property
    def _is_horizontal(self) -> bool:
        return self._orientation is Qt.Orientation.Horizontal

    @property
    def _start(self) -> float:
        """Where document position 0 lies along the ruler."""
        return self._transform.x if self._is_horizontal else self._transform.y

    def _paint_ticks(self, painter: QPainter, length: int, color: QColor) -> None:
        step = tick_step(self._transform.zoom)
        first = math.floor(-self._start / self._transform.zoom / step)
        last = math.ceil((length - self._start) / self._transform.zoom / step)
        lines = []
        painter.setPen(color)
        for number in range(first, last + 1):
            at = self._start + number * step * self._transform.zoom
            lines.append(_tick(at, 4))
            lines += [
                _tick(at + part * step * self._transform.zoom / 5, 14) for part in range(1, 5)
            ]
            self._paint_label(painter, at, f"{number * step:.0f}")
        painter.setPen(theme.fade(color, 0.45))
        painter.drawLines(lines)  # one call: each call into Qt may have to wait for the lane

    def _paint_label(self, painter: QPainter, at: float, text: str) -> None:
        box = QRectF(at + 3, 1, _ROOM, THICKNESS - 6)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if self._is_horizontal:
            painter.drawText(box, flags, text)
            return
        painter.save()
        painter.translate(box.left(), box.bottom())
        painter.scale(1, -1)  # undoes the mirroring: the text reads downward
        painter.drawText(QRectF(QPointF(0, 0), box.size()), flags, text)
        painter.restore()

    def _paint_pointer(self, painter: QPainter, color: QColor) -> None:
        if self._pointer is None:
            return
        at = self._pointer.x() if self._is_horizontal else self._pointer.y()
        painter.setPen(color)
        painter.drawLine(QLineF(at, 0, at, THICKNESS - 1))


def _tick(at: float, top: float) -> QLineF:
    return QLineF(round(at) + 0.5, top, round(at) + 0.5, THICKNESS - 1)
