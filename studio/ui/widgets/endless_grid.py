"""A grid for any number of pictures: only those in view are asked for, laid out and painted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip, QWidget

from studio.ui import theme
from studio.ui.widgets.thumbnail_delegate import Thumbnail, paint_marks, star_rect

_PAINT_SECONDS = 0.003  # for pictures that were not painted before
_REMEMBERED = 300  # painted pictures: some screens full
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a place of the grid shows; without an image a plain well."""

    image: QImage | None = None
    starred: bool | None = None
    current: bool = False


class EndlessGrid(QAbstractScrollArea):
    """Cells in columns; `cell(place)` is asked for those in view at every paint, `tip(place)` for
    the one that the pointer rests on.

    Emits `wanted(int, int)`, the first and the last place in view plus a screen on either side,
    when that changes; `picked(int)`, `opened(int)`, `star_toggled(int)` and
    `menu_requested(int, QPoint)` with a global position.
    """

    wanted = Signal(int, int)
    picked = Signal(int)
    opened = Signal(int)
    star_toggled = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(
        self,
        name: str,
        columns: int,
        cell: Callable[[int], Cell],
        tip: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._cell = cell
        self._tip = tip
        self._count = 0
        self._current = -1
        self._hovered = -1
        self._pressed: QPoint | None = None
        self._wished = (0, -1)
        self._painted: dict[int, Thumbnail] = {}  # by the image's cache key, the oldest first
        self._dress: tuple[object, ...] = ()  # what they were painted for
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.viewport().update)
        self._mime: Callable[[int], QMimeData | None] | None = None
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)  # the panel is its ground
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._moved())

    def count(self) -> int:
        return self._count

    def current(self) -> int:
        return self._current

    def set_count(self, count: int) -> None:
        """Show so many cells, or the same number with other contents."""
        self._count = count
        self._current = min(self._current, count - 1)
        self._fit_bar()
        self._wished = (0, -1)
        self._moved()

    def set_current(self, place: int) -> None:
        """Where the keys go on from; emits nothing."""
        self._current = place

    def set_drag(self, mime: Callable[[int], QMimeData | None]) -> None:
        """Let pictures be dragged out; `mime` says what a picture carries."""
        self._mime = mime

    def side(self) -> int:
        """The side of a cell in px."""
        return max(16, self.viewport().width() // self._columns)

    def cell_rect(self, place: int) -> QRect:
        """Where a cell is in the viewport, in px."""
        row, column = divmod(place, self._columns)
        side = self.side()
        return QRect(column * side, row * side - self.verticalScrollBar().value(), side, side)

    def in_view(self) -> range:
        """The places that can be seen."""
        side, top = self.side(), self.verticalScrollBar().value()
        first = top // side * self._columns
        last = ((top + self.viewport().height() - 1) // side + 1) * self._columns
        return range(min(first, self._count), min(last, self._count))

    def show_place(self, place: int) -> None:
        """Scroll as little as needed to see a cell."""
        rect, bar = self.cell_rect(place), self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() > self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + 1)

    # --- Events ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_bar()
        self._moved()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures painted before come first; new ones as long as there is time in this frame."""
        painter = QPainter(self.viewport())
        rects = {place: self.cell_rect(place) for place in self.in_view()}
        cells = {p: self._cell(p) for p, rect in rects.items() if rect.intersects(event.rect())}
        self._forget_other_dress()
        start = time.perf_counter()
        for place in sorted(cells, key=lambda place: not self._was_painted(cells[place])):
            cell = cells[place]
            if not self._was_painted(cell) and time.perf_counter() - start > _PAINT_SECONDS:
                cell = replace(cell, image=None)
                self._later.start()
            self._paint(painter, place, rects[place], cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position().toPoint())
        if place < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._has_star(place) and star_rect(self.cell_rect(place)).contains(
            event.position().toPoint()
        ):
            self.star_toggled.emit(place)
        else:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        self._hover(self._at(position))
        if self._pressed is None:
            return
        if (position - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            place, self._pressed = self._at(self._pressed), None
            self._drag_away(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position().toPoint())
        if self._pressed is not None and place >= 0:
            self._pick(place)
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position().toPoint())
        if place >= 0:
            self.opened.emit(place)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self._at(self.viewport().mapFromGlobal(event.globalPos()))
        if place >= 0:
            self.menu_requested.emit(place, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, place = Qt.Key(event.key()), self._current
        page = max(1, self.viewport().height() // self.side()) * self._columns
        steps = _STEPS | {
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        if key in steps and 0 <= place + steps[key] < self._count:
            self._pick(place + steps[key])
        elif place >= 0 and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(place)
        elif place >= 0 and key == Qt.Key.Key_S and not event.modifiers():
            self.star_toggled.emit(place)
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._at(event.pos())
            QToolTip.showText(event.globalPos(), self._tip(place) if place >= 0 else "", self)
            return True
        return super().viewportEvent(event)

    # --- Inside ---

    def _pick(self, place: int) -> None:
        self._current = place
        self.show_place(place)
        self.picked.emit(place)

    def _was_painted(self, cell: Cell) -> bool:
        return cell.image is None or cell.image.cacheKey() in self._painted

    def _forget_other_dress(self) -> None:
        """Thumbnails are painted for one size, screen and theme."""
        dress = (self.side(), self.devicePixelRatioF(), theme.current().name)
        if dress != self._dress:
            self._painted.clear()
            self._dress = dress

    def _thumbnail(self, image: QImage) -> Thumbnail:
        key, side = image.cacheKey(), self.side()
        if key not in self._painted:
            cell = QSize(side, side)
            self._painted[key] = Thumbnail.of(image, cell, self.devicePixelRatioF())
            if len(self._painted) > _REMEMBERED:
                self._painted.pop(next(iter(self._painted)))
        return self._painted[key]

    def _paint(self, painter: QPainter, place: int, rect: QRect, cell: Cell) -> None:
        thumbnail = self._thumbnail(cell.image or _blank(theme.current().field))
        paint_marks(
            painter,
            rect,
            thumbnail.paint(painter, rect),
            selected=cell.current,
            hovered=place == self._hovered,
            starred=cell.starred,
        )

    def _at(self, position: QPoint) -> int:
        column = position.x() // self.side()
        row = (position.y() + self.verticalScrollBar().value()) // self.side()
        place = row * self._columns + column
        return place if 0 <= column < self._columns and 0 <= place < self._count else -1

    def _has_star(self, place: int) -> bool:
        return self._cell(place).starred is not None

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.viewport().update()

    def _fit_bar(self) -> None:
        side, room = self.side(), self.viewport().height()
        height = -(-self._count // self._columns) * side
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, height - room))
        bar.setEnabled(height > room)
        bar.setPageStep(room)
        bar.setSingleStep(side // 2)

    def _moved(self) -> None:
        self.viewport().update()
        seen = self.in_view()
        wished = max(0, seen.start - len(seen)), min(self._count, seen.stop + len(seen)) - 1
        if wished != self._wished:
            self._wished = wished
            self.wanted.emit(*wished)

    def _drag_away(self, place: int) -> None:
        mime = self._mime(place) if self._mime is not None and place >= 0 else None
        if mime is None:
            return
        drag = QDrag(self)
        drag.setMimeData(mime)
        image = self._cell(place).image
        if image is not None:
            drag.setPixmap(QPixmap.fromImage(image).scaledToWidth(self.side()))
        drag.exec(Qt.DropAction.CopyAction)


_blanks: dict[str, QImage] = {}


def _blank(color: str) -> QImage:
    """The surface that stands in for a picture; one of each color, so that it is cached."""
    if color not in _blanks:
        _blanks[color] = QImage(8, 8, QImage.Format.Format_RGB32)
        _blanks[color].fill(QColor(color))
    return _blanks[color]
