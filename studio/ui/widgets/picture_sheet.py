"""A few pictures in columns that fill the width: looked at, not picked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.widgets.picture_view import paint_picture

_GAP = 4
_CORNER = 4.0


class PictureSheet(QWidget):
    """At most `columns` × `rows` pictures of one shape; places without a picture are wells.

    The height follows the width, so nothing moves when pictures arrive. Emits `opened()`
    on a click.
    """

    opened = Signal()

    def __init__(self, columns: int, rows: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns, self._most_rows = columns, rows
        self._rows = rows
        self._room = math.inf
        self.images: list[QImage] = []
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_images(self, images: Sequence[QImage]) -> None:
        shape = self._ratio
        self.images = list(images)
        if self._ratio != shape:
            self.fit(self._room)
            self.updateGeometry()
        self.update()

    @property
    def shown(self) -> int:
        """How many of the pictures there is room for."""
        return min(len(self.images), self._columns * self._rows)

    def fit(self, height: float) -> None:
        """Take as many rows as a height in px allows, at least one, at any width."""
        self._room = height
        row = self._side(self.width()) * self._ratio + _GAP
        rows = int(max(1, min(self._most_rows, (height + _GAP) // row)))
        if rows != self._rows:
            self._rows = rows
            self.updateGeometry()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit(self._room)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._side(width) * self._ratio * self._rows + _GAP * (self._rows - 1))

    def sizeHint(self) -> QSize:
        width = 56 * self._columns
        return QSize(width, self.heightForWidth(width))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.images:
            self.opened.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self._side(self.width())
        high = side * self._ratio
        for place in range(self._columns * self._rows):
            row, column = divmod(place, self._columns)
            cell = QRectF(column * (side + _GAP), row * (high + _GAP), side, high)
            picture = self.images[place] if place < self.shown else None
            paint_picture(painter, cell, picture, _CORNER)

    @property
    def _ratio(self) -> float:
        """Height to width of the pictures."""
        return self.images[0].height() / self.images[0].width() if self.images else 1.0

    def _side(self, width: int) -> float:
        return max(1.0, (width - _GAP * (self._columns - 1)) / self._columns)


class SheetPopup(QFrame):
    """The same pictures, large, until the next click anywhere."""

    def __init__(self, columns: int, rows: int, side: int, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("surface", "card")
        self.sheet = PictureSheet(columns, rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.sheet)
        width = columns * side + (columns - 1) * _GAP
        self.setFixedSize(width + 24, self.sheet.heightForWidth(width) + 24)
        self.sheet.opened.connect(self.close)

    def show_beside(self, widget: QWidget) -> None:
        """To the right of `widget`, inside its screen."""
        place = widget.mapToGlobal(widget.rect().topRight())
        room = widget.screen().availableGeometry()
        x = min(place.x() + 12, room.right() - self.width())
        y = min(place.y(), room.bottom() - self.height())
        self.move(max(room.left(), x), max(room.top(), y))
        self.show()
