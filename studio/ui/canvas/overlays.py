"""What is painted over the document whatever the tool: the selection and the empty state."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from studio.ui import theme
from studio.ui.canvas.view_transform import ViewTransform

_DASH = 4.0  # view px
_EMPTY_TITLE = "Nothing here yet"
_EMPTY_HINT = "Drop a picture here, or place one from the explorer."


def paint_selection(painter: QPainter, outline: QPainterPath, transform: ViewTransform) -> None:
    """A dashed line in black and white: it shows on any picture."""
    if not outline.isEmpty():
        paint_dashed(painter, to_view(outline, transform))


def paint_dashed(painter: QPainter, path: QPainterPath) -> None:
    """A path in view px, dashed in black and white."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(Qt.GlobalColor.black), 1.0))
    painter.drawPath(path)
    dashes = QPen(QColor(Qt.GlobalColor.white), 1.0)
    dashes.setDashPattern([_DASH, _DASH])
    painter.setPen(dashes)
    painter.drawPath(path)


def to_view(path: QPainterPath, transform: ViewTransform) -> QPainterPath:
    """A path in document px as one in view px."""
    zoom = transform.zoom
    return QTransform(zoom, 0, 0, zoom, transform.x, transform.y).map(path)


def paint_empty_hint(painter: QPainter, area: QRectF) -> None:
    """One sentence in the middle that says how to begin."""
    colors = theme.current()
    width, height = 330.0, 64.0
    card = QRectF(0, 0, width, height)
    card.moveCenter(area.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(colors.color("hairline"))
    painter.setBrush(colors.color("panel"))
    painter.drawRoundedRect(card, 6, 6)
    upper, lower = QRectF(card), QRectF(card)
    upper.setBottom(card.center().y() + 2)
    lower.setTop(card.center().y() + 2)
    flags = Qt.AlignmentFlag.AlignHCenter
    painter.setFont(theme.ui_font())
    painter.setPen(colors.color("text"))
    painter.drawText(upper, flags | Qt.AlignmentFlag.AlignBottom, _EMPTY_TITLE)
    painter.setPen(colors.color("secondary"))
    painter.drawText(lower, flags | Qt.AlignmentFlag.AlignTop, _EMPTY_HINT)
    painter.restore()
