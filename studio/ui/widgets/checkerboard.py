"""What shows through where a picture is transparent."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QBrush, QImage, QPainter, QPixmap

from studio.ui.theme import Theme

CHECKER_CELL = 6  # px a side, behind small pictures


@cache
def checkerboard(cell: int, tokens: Theme) -> QBrush:
    """A brush of squares with `cell` px a side, in the colors of a theme."""
    image = QImage(2 * cell, 2 * cell, QImage.Format.Format_RGB32)
    image.fill(tokens.color("checker"))
    painter = QPainter(image)
    other = tokens.color("checker_other")
    painter.fillRect(0, 0, cell, cell, other)
    painter.fillRect(cell, cell, cell, cell, other)
    painter.end()
    return QBrush(QPixmap.fromImage(image))
