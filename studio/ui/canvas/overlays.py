"""What is painted over the document whatever the tool: the selection and the empty state."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from studio.app.selection_outline import SelectionLook
from studio.ui import theme
from studio.ui.canvas.view_transform import ViewTransform

_DASH = 4.0  # view px
_TINT = QColor(220, 40, 40, 120)
_EMPTY_TITLE = "Nothing here yet"
_EMPTY_HINT = "Drop a picture here, or place one from the explorer."


def paint_tint(painter: QPainter, look: SelectionLook, page: QRectF) -> None:
    """Red over what is not selected: `page` is where the document lies, in view px."""
    if look.coverage.isNull():
        return
    tint = QImage(look.coverage.size(), QImage.Format.Format_ARGB32_Premultiplied)
    tint.fill(_TINT)
    eraser = QPainter(tint)
    eraser.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    eraser.drawImage(0, 0, look.coverage)
    eraser.end()
    painter.drawImage(page, tint)


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
    return transform.matrix.map(path)


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
