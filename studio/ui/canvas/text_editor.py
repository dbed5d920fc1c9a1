"""A small field beside the text on the canvas: what is typed there is seen in place at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout

from studio.app.text_session import TextSession

if TYPE_CHECKING:
    from studio.ui.canvas.view import CanvasView

_SIZE = (260, 84)  # px
_GAP = 10  # px between text and field


class TextEditor(QFrame):
    """Follows the text session; closes itself when nothing is being written any more."""

    def __init__(self, view: CanvasView, texts: TextSession) -> None:
        super().__init__(view)
        self._view = view
        self._texts = texts
        self.setProperty("surface", "card")
        self.setFixedSize(*_SIZE)
        self.field = _Field(texts.finish)
        self.field.setAccessibleName("Text")
        self.field.setPlaceholderText("Write here…")
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self.field)
        self.field.textChanged.connect(self._write)
        texts.changed.connect(self._follow)
        view.transformed.connect(self._place)
        self.hide()

    def open(self) -> None:
        """Show it for the text that is being edited."""
        self.field.blockSignals(True)
        self.field.setPlainText(self._texts.text.text)
        self.field.blockSignals(False)
        self.field.selectAll()
        self.move(self._view.mapFromGlobal(self._view.cursor().pos()) + QPoint(_GAP, _GAP))
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus()

    def _write(self) -> None:
        self._texts.write(self.field.toPlainText())

    def _follow(self) -> None:
        if self._texts.writing:
            self._place()
        elif self.isVisible():
            self.hide()
            self._view.setFocus()

    def _place(self) -> None:
        """Below the text, inside the canvas."""
        layer = self._texts.layer
        corner = QPoint(self.pos())
        if layer is not None:
            box = self._view.transform.rect_to_view(layer.rect)
            corner = QPoint(round(box.left()), round(box.bottom()) + _GAP)
        area = self._view.canvas_rect.toRect().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        x = max(area.left(), min(corner.x(), area.right() - self.width()))
        y = max(area.top(), min(corner.y(), area.bottom() - self.height()))
        self.move(x, y)


class _Field(QPlainTextEdit):
    """Escape and Ctrl+Enter end it."""

    def __init__(self, finish: Callable[[], None]) -> None:
        super().__init__()
        self._finish = finish
        self.setTabChangesFocus(True)

    def event(self, event: QEvent) -> bool:
        """No command of the window takes the keys that end a text."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and is_end(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_end(event):
            self._finish()
        else:
            super().keyPressEvent(event)


def is_end(event: QKeyEvent) -> bool:
    """Whether a key ends a text: Escape, or Ctrl+Enter."""
    enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.key() == Qt.Key.Key_Escape or (enter and control)
