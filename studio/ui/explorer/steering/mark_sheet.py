"""A sheet of pictures to mark: more of it, or less."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui import theme
from studio.ui.widgets.picture_view import paint_picture

_GAP = 4
_CORNER = 4.0
_BADGE = 7.0  # px, radius


class MarkSheet(QWidget):
    """Emits `marked(int, bool)`: a left click is True for more, a right click False for less."""

    marked = Signal(int, bool)

    def __init__(self, name: str = "Pictures to mark", columns: int = 6) -> None:
        super().__init__()
        self._columns = columns
        self._pictures: Sequence[QImage | None] = ()
        self._marks: Sequence[bool | None] = ()
        self.setAccessibleName(name)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_pictures(self, pictures: Sequence[QImage | None]) -> None:
        self._pictures = list(pictures)
        self._fit_height()
        self.update()

    def set_marks(self, marks: Sequence[bool | None]) -> None:
        """For each picture True (more), False (less) or None."""
        self._marks = list(marks)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        """As many rows as there are, of square cells."""
        rows = -(-len(self._pictures) // self._columns)
        self.setFixedHeight(int(rows * (self.width() + _GAP) / self._columns))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None and event.button() in (
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.RightButton,
        ):
            self.marked.emit(place, event.button() == Qt.MouseButton.LeftButton)

    def place_at(self, position: QPointF) -> int | None:
        """The picture at a position in px."""
        places = range(len(self._pictures))
        return next((place for place in places if self.cell(place).contains(position)), None)

    def cell(self, place: int) -> QRectF:
        """Where a picture is, in px."""
        pitch = (self.width() + _GAP) / self._columns
        row, column = divmod(place, self._columns)
        return QRectF(column * pitch, row * pitch, pitch - _GAP, pitch - _GAP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, picture in enumerate(self._pictures):
            paint_picture(painter, self.cell(place), picture, _CORNER)
            mark = self._marks[place] if place < len(self._marks) else None
            if mark is not None:
                self._paint_mark(painter, self.cell(place), more=mark)

    def _paint_mark(self, painter: QPainter, cell: QRectF, *, more: bool) -> None:
        """An outline and a badge with plus or minus: the sign tells it without color too."""
        look = theme.current()
        color = look.color("good" if more else "bad")
        painter.setPen(QPen(color, 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), _CORNER, _CORNER)
        middle = cell.topRight() + QPointF(-_BADGE - 2, _BADGE + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(middle, _BADGE, _BADGE)
        painter.setPen(QPen(look.color("well"), 1.6))
        reach = _BADGE - 3
        painter.drawLine(middle - QPointF(reach, 0), middle + QPointF(reach, 0))
        if more:
            painter.drawLine(middle - QPointF(0, reach), middle + QPointF(0, reach))
