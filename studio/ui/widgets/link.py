"""A button that looks like a link."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton


def link(text: str, tip: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setProperty("kind", "link")
    button.setToolTip(tip)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button
