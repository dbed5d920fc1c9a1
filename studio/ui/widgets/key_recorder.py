"""A field that takes the next keys as they are pressed, whatever else they mean."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

_MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta)
_WITHOUT_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class KeyRecorder(QLineEdit):
    """Shows `text` until `record` is called; then it waits for keys.

    Emits `recorded(str)` with them in Qt's portable words, or `canceled()` on Esc and when the
    focus goes elsewhere.
    """

    recorded = Signal(str)
    canceled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.recording = False  # `event` asks for it while Qt makes the field
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def record(self) -> None:
        """Take the next keys."""
        self.recording = True
        self.setText("Press the new keys")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        """Keys come here before they can be anybody's shortcut, and Tab before it moves on."""
        if self.recording and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.recording:
            self._end()
            self.canceled.emit()

    def _take(self, event: QKeyEvent) -> None:
        if event.key() in _MODIFIERS or event.key() == Qt.Key.Key_unknown:
            return
        keys = _words(event)
        is_escape = event.key() == Qt.Key.Key_Escape and not event.modifiers()
        self._end()
        if is_escape or not keys:
            self.canceled.emit()
        else:
            self.recorded.emit(keys)

    def _end(self) -> None:
        self.recording = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clearFocus()


def _words(event: QKeyEvent) -> str:
    """As the table has them: ``Ctrl+=``, ``Shift+L``; a sign is itself, with or without Shift."""
    combination = event.keyCombination()
    text = event.text()
    shifted_sign = (
        text.isprintable()
        and len(text) == 1
        and not text.isalnum()
        and event.key() != Qt.Key.Key_Space
        and not event.modifiers() & _WITHOUT_SHIFT
    )
    if shifted_sign:
        return QKeySequence(event.key()).toString()
    return QKeySequence(combination).toString()
