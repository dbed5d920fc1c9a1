"""Drag a label sideways to change the number beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


class Scrubber(QObject):
    """Turns horizontal drags on a widget into steps; a click that does not move stays a click.

    A widget that has the keyboard focus is left alone, so that text can be selected in it. Emits
    `scrubbed(px)` with the signed distance since the last one (a tenth of it with Shift held),
    `finished()` at the end of a drag, `clicked()` and `double_clicked()`.
    """

    scrubbed = Signal(float)
    finished = Signal()
    clicked = Signal()
    double_clicked = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._last_x: float | None = None
        self._dragging = False
        widget.setCursor(Qt.CursorShape.SizeHorCursor)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent) or self._widget.hasFocus():
            return False
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.double_clicked.emit()
            return True
        if event.type() == QEvent.Type.MouseButtonPress:
            return self._press(event)
        if event.type() == QEvent.Type.MouseMove and self._last_x is not None:
            return self._move(event, self._last_x)
        if event.type() == QEvent.Type.MouseButtonRelease and self._last_x is not None:
            return self._release()
        return False

    def _press(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self._last_x = event.globalPosition().x()
        self._dragging = False
        return True

    def _move(self, event: QMouseEvent, last_x: float) -> bool:
        x = event.globalPosition().x()
        if not self._dragging and abs(x - last_x) < QApplication.startDragDistance() / 2:
            return True
        self._dragging = True
        self._last_x = x
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.scrubbed.emit((x - last_x) * (0.1 if fine else 1.0))
        return True

    def _release(self) -> bool:
        self._last_x = None
        if self._dragging:
            self._dragging = False
            self.finished.emit()
        else:
            self.clicked.emit()
        return True
