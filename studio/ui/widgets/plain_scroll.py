"""A scroll area that is not seen until there is something to scroll."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


def plain_scroll(content: QWidget) -> QScrollArea:
    """Without a frame; `content` takes all of the room, or the least that it needs."""
    scroll = QScrollArea()
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidgetResizable(True)
    scroll.setWidget(content)
    return scroll
