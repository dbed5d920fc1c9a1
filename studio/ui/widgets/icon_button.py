"""Buttons that are only an icon."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from studio.ui import icons


def close_button(name: str) -> QToolButton:
    """A small cross; `name` says what it does to those who do not see it."""
    button = QToolButton()
    button.setIcon(icons.icon("close"))
    button.setIconSize(QSize(12, 12))
    button.setAccessibleName(name)
    return button


class IconButton(QToolButton):
    """An icon of 18 px in a square of 28; its tooltip is its name for screen readers too."""

    def __init__(self, icon: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIconSize(QSize(18, 18))
        self.setFixedSize(28, 28)
        self.show_as(icon, tip)

    def show_as(self, icon: str, tip: str) -> None:
        """Become another button: play and pause share a place."""
        self.setIcon(icons.icon(icon))
        self.setToolTip(tip)
        self.setAccessibleName(tip)
