"""A slim slider on real numbers, filled from its origin to its handle."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui import theme
from studio.ui.widgets.number_range import NumberRange

_HANDLE = 12.0
_GROOVE = 3.0
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -10,
    Qt.Key.Key_PageUp: 10,
}


class SlimSlider(QWidget):
    """Painted; the wheel turns it only while it has the focus, so that panels scroll past it.

    Emits `changed(float)` while it moves, `committed(float)` when a move is complete, and
    `reset_requested()` on a double-click.
    """

    changed = Signal(float)
    committed = Signal(float)
    reset_requested = Signal()

    def __init__(
        self, limits: NumberRange, value: float = 0.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.limits = limits
        self._value = limits.legal(value)
        self._pressed = False
        self._away = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Show another value; emits nothing."""
        self._value = self.limits.legal(value)
        self.update()

    def set_away(self, away: bool) -> None:
        """Whether what is in view is not what the slider says: its handle is but a ring then."""
        if away != self._away:
            self._away = away
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, 20)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = True
            self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed:
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = False
            self.committed.emit(self._value)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._pressed = False
        self.reset_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            steps = _STEPS[key] * (10 if shift else 1)
            self._step_to(self._value + steps * self.limits.step)
        elif key == Qt.Key.Key_Home:
            self._step_to(self.limits.low)
        elif key == Qt.Key.Key_End:
            self._step_to(self.limits.end)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        self._step_to(self._value + event.angleDelta().y() / 120 * self.limits.step)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        y = self.height() / 2
        painter.setBrush(look.color("hairline"))
        left, right = self._x_of(self.limits.low), self._x_of(self.limits.end)
        painter.drawRoundedRect(QRectF(left, y - _GROOVE / 2, right - left, _GROOVE), 1.5, 1.5)
        center = QPointF(self._x_of(self._value), y)
        if self._away:
            self._paint_ring(painter, center, look)
            return
        start, end = sorted((self._x_of(self.limits.origin), center.x()))
        painter.setBrush(look.color("accent" if self.isEnabled() else "disabled"))
        painter.drawRoundedRect(QRectF(start, y - _GROOVE / 2, end - start, _GROOVE), 1.5, 1.5)
        self._paint_handle(painter, center, look)

    def _paint_ring(self, painter: QPainter, center: QPointF, look: theme.Theme) -> None:
        painter.setBrush(look.color("panel"))
        painter.setPen(QPen(look.color("secondary"), 1.5))
        painter.drawEllipse(center, _HANDLE / 2 - 0.75, _HANDLE / 2 - 0.75)

    def _paint_handle(self, painter: QPainter, center: QPointF, look: theme.Theme) -> None:
        if self.hasFocus():
            painter.setBrush(look.color("accent"))
            painter.drawEllipse(center, _HANDLE / 2 + 2, _HANDLE / 2 + 2)
        else:
            painter.setBrush(theme.fade(look.color("well"), 0.25))  # a rim for light panels
            painter.drawEllipse(center, _HANDLE / 2 + 0.75, _HANDLE / 2 + 0.75)
        painter.setBrush(look.color("handle" if self.isEnabled() else "disabled"))
        painter.drawEllipse(center, _HANDLE / 2, _HANDLE / 2)

    def _x_of(self, value: float) -> float:
        margin = _HANDLE / 2 + 2
        return margin + self.limits.fraction(value) * (self.width() - 2 * margin)

    def _go_to(self, x: float) -> None:
        margin = _HANDLE / 2 + 2
        self._change(self.limits.at((x - margin) / max(1.0, self.width() - 2 * margin)))

    def _step_to(self, value: float) -> None:
        if self._change(self.limits.legal(min(value, self.limits.end))):
            self.committed.emit(self._value)

    def _change(self, value: float) -> bool:
        if value == self._value and not self._away:
            return False
        self.set_value(value)
        self.changed.emit(value)
        return True
