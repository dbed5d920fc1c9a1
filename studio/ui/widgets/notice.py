"""A tinted row that asks for attention without shouting, with a link to follow."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.ui import theme
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.link import link


class Notice(QWidget):
    """One sentence and a link. Emits `activated()` when the link is used."""

    activated = Signal()

    def __init__(self, action: str, tone: str = "attention", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        self.label = ElidedLabel()
        self.label.setProperty("role", tone)
        self.link = link(action)
        self.link.clicked.connect(self.activated)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self.label, 1)
        row.addWidget(self.link)
        self.setFixedHeight(32)

    def set_text(self, text: str) -> None:
        self.label.setText(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.fade(theme.current().color(self._tone), 0.12))
        painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
