"""The frame of every sheet: a title, what it says, and a row of buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


class Sheet(QDialog):
    """A modal dialog without the walls: put content into `body`, buttons with `add_button`."""

    def __init__(self, title: str, parent: QWidget | None = None, sentence: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        heading = QLabel(title)
        heading.setProperty("role", "title")
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(heading)
        if sentence:
            column.addWidget(text_label(sentence))
        column.addLayout(self.body, 1)
        column.addLayout(self._buttons)

    def sizeHint(self) -> QSize:
        """As wide as it will be: paragraphs are then as high as they are at that width."""
        hint = super().sizeHint()
        return QSize(max(hint.width(), self.minimumWidth()), hint.height())

    def add_button(self, label: str, kind: str = "") -> QPushButton:
        """A button at the right end of the row; the last ``primary`` one answers Enter."""
        button = QPushButton(label)
        button.setProperty("kind", kind)
        button.setDefault(kind == "primary")
        button.setAutoDefault(kind == "primary")
        self._buttons.addWidget(button)
        return button

    def add_close_button(self) -> QPushButton:
        button = self.add_button("Close", "primary")
        button.clicked.connect(self.accept)
        return button


def text_label(text: str, role: str = "") -> QLabel:
    """A paragraph of plain text that can be selected."""
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
