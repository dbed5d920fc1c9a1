"""A rounded button in the top bar that says how something stands."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QPushButton, QWidget

from studio.ui import theme

_DOT, _GAP = 8, 4


class Pill(QPushButton):
    """Text, and before it a dot in the color of a theme token (``good``, ``attention``, …)."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", "pill")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(_DOT + _GAP, _DOT))

    def show_state(self, text: str, token: str = "") -> None:
        self.setText(text)
        self.setIcon(_dot(token, self.devicePixelRatioF()) if token else QIcon())


def _dot(token: str, ratio: float) -> QIcon:
    side = round(_DOT * ratio)
    image = QPixmap(side + round(_GAP * ratio), side)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().color(token))
    painter.drawEllipse(QPointF(side / 2, side / 2), side / 2, side / 2)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return QIcon(image)
