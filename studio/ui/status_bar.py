"""The bottom of the window: what the tool does, how large, where, and what undo would undo."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from studio.app.studio import Studio
from studio.ui import theme


class StatusBar(QStatusBar):
    """Reads the document session; the window tells it the tool's hint and the pointer."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._documents = studio.documents
        self.hint = QLabel()
        self.size_text = QLabel()
        self.pointer = QLabel()
        self.undo = QLabel()
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self.addWidget(self.hint, 1)
        for label in (self.size_text, self.pointer, self.undo):
            label.setFont(theme.tabular_font(theme.SECONDARY_PX))
            label.setContentsMargins(12, 0, 0, 0)
            self.addPermanentWidget(label)
        studio.documents.changed.connect(self._tell_size)
        studio.documents.undo_stack.undoTextChanged.connect(self._tell_undo)
        self._tell_size()

    def set_hint(self, text: str) -> None:
        self.hint.setText(text)

    def set_pointer(self, position: QPointF | None) -> None:
        """Document px under the pointer; None: it is elsewhere."""
        text = f"x {position.x():.0f}  y {position.y():.0f}" if position is not None else ""
        self.pointer.setText(text)

    def _tell_size(self) -> None:
        document = self._documents.document
        self.size_text.setText(f"{document.width} × {document.height} px · sRGB")

    def _tell_undo(self, text: str) -> None:
        self.undo.setText(f"Undo: {text[:1].lower()}{text[1:]}" if text else "")
