"""A scroll area that is not seen until there is something to scroll."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class PlainScroll(QScrollArea):
    """Without a frame; `content` takes all of the room, or the least that it needs.

    It scrolls to what Tab leads to, and stays where it is when a widget is hidden or disabled that
    had the keys: those go on to another, and nobody asked to see that.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes to what is in it
        self.setWidgetResizable(True)
        self.setWidget(content)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        left = self.window().focusWidget()
        if left.isVisible() and left.isEnabled():
            return super().focusNextPrevChild(is_next)
        return QWidget.focusNextPrevChild(self, is_next)


def above(body: QWidget, foot: QWidget) -> QWidget:
    """What scrolls where there is little height, and what stays in view below it."""
    scroll = PlainScroll(body)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(scroll, 1)
    column.addWidget(foot)
    return whole
