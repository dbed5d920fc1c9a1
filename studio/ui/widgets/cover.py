"""Fill a rectangle with a picture of other proportions."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage


def cover(image: QImage, target: QRectF) -> QRectF:
    """The largest part in the middle of `image` that has the proportions of `target`."""
    scale = min(image.width() / target.width(), image.height() / target.height())
    part = QRectF(0, 0, target.width() * scale, target.height() * scale)
    part.moveCenter(QRectF(image.rect()).center())
    return part
