"""Key frames along the time: dragged to another moment, dropped, scrubbed over."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from studio.core.timeline import Timeline
from studio.ui import theme
from studio.ui.latent_mime import take_latent
from studio.ui.widgets.picture_view import paint_picture

_SIDE = 40.0
_RULER = 16.0
_HEIGHT = 66
_TICKS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)  # seconds
_TICK_PX = 44.0


class KeyTrack(QWidget):
    """Shows a timeline. Emits `scrubbed(float)` with a time in s while the ruler is dragged,
    `key_picked(int)`, `key_moved(int, float)` with a time while a key is dragged, `released()` at
    its end, `key_removed(int)` for the Delete key, `dropped(point, int)` with the place before
    which a picture was dropped, and `menu_requested(int, QPoint)`.
    """

    scrubbed = Signal(float)
    key_picked = Signal(int)
    key_moved = Signal(int, float)
    released = Signal()
    key_removed = Signal(int)
    dropped = Signal(object, int)
    menu_requested = Signal(int, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._timeline = Timeline()
        self._pictures: Sequence[QImage | None] = ()
        self._time = 0.0
        self._chosen = -1
        self._pressed = -1  # the key under the button
        self._start = QPointF()
        self._moving = False
        self._scrubbing = False
        self.setAccessibleName("Key frames")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def set_timeline(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._chosen = min(self._chosen, len(timeline.keys) - 1)
        self.update()

    def set_pictures(self, pictures: Sequence[QImage | None]) -> None:
        """Of the key frames."""
        self._pictures = pictures
        self.update()

    def set_time(self, seconds: float) -> None:
        """Where the playhead is."""
        self._time = seconds
        self.update()

    def chosen(self) -> int:
        return self._chosen

    def choose(self, key: int) -> None:
        self._chosen = key
        self.update()

    def key_rect(self, key: int) -> QRectF:
        """Where a key's picture is, in px."""
        x = self._x(self._timeline.time_of(key))
        return QRectF(x - _SIDE / 2, _RULER + 6, _SIDE, _SIDE)

    # --- Mouse ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._start = event.position()
        self._pressed = self._key_at(event.position())
        if self._pressed >= 0:
            self.choose(self._pressed)
        else:
            self._scrubbing = True
            self.scrubbed.emit(self._seconds(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._scrubbing:
            self.scrubbed.emit(self._seconds(event.position().x()))
        elif self._pressed >= 0:
            way = (event.position() - self._start).manhattanLength()
            self._moving = self._moving or way >= QApplication.startDragDistance()
            if self._moving:
                self.key_moved.emit(self._pressed, self._seconds(event.position().x()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._moving:
            self.released.emit()
        elif self._pressed >= 0:
            self.key_picked.emit(self._pressed)
        self._moving = self._scrubbing = False
        self._pressed = -1

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        key = self._key_at(QPointF(event.pos()))
        if key >= 0:
            self.choose(key)
            self.menu_requested.emit(key, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        count = len(self._timeline.keys)
        if step and count:
            self.choose(max(0, min(count - 1, self._chosen + step)))
            self.key_picked.emit(self._chosen)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._chosen >= 0:
            self.key_removed.emit(self._chosen)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        take_latent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        point = take_latent(event)
        if point is not None:
            x = event.position().x()
            keys = range(len(self._timeline.keys))
            place = sum(self._x(self._timeline.time_of(key)) < x for key in keys)
            self.dropped.emit(point, place)

    # --- Painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("well"))
        painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        self._paint_ruler(painter)
        if not self._timeline.keys and self._timeline.orbit is None:
            painter.setPen(look.color("secondary"))
            center = Qt.AlignmentFlag.AlignCenter
            painter.drawText(self.rect(), center, "Drop pictures here, or add the one in view")
        if self._timeline.orbit is None:
            for key in range(len(self._timeline.keys)):
                self._paint_key(painter, key)
        if self._timeline.seconds:
            x = self._x(self._time)
            painter.setPen(QPen(look.color("accent"), 1.6))
            painter.drawLine(QPointF(x, 2), QPointF(x, self.height() - 2))

    def _paint_ruler(self, painter: QPainter) -> None:
        look, seconds = theme.current(), self._timeline.seconds
        if not seconds:
            return
        tick = next((t for t in _TICKS if t * self._scale() >= _TICK_PX), _TICKS[-1])
        painter.setFont(theme.tabular_font(theme.SECONDARY_PX - 1))
        for number in range(int(seconds / tick + 1e-6) + 1):
            x = self._x(number * tick)
            painter.setPen(QPen(look.color("hairline"), 1.0))
            painter.drawLine(QPointF(x, _RULER), QPointF(x, self.height() - 4))
            painter.setPen(look.color("secondary"))
            painter.drawText(QPointF(x + 3, _RULER - 4), f"{number * tick:g} s")

    def _paint_key(self, painter: QPainter, key: int) -> None:
        rect = self.key_rect(key)
        known = key < len(self._pictures)
        paint_picture(painter, rect, self._pictures[key] if known else None, 4.0)
        chosen = key == self._chosen
        painter.setBrush(Qt.BrushStyle.NoBrush)
        color = theme.current().color("accent" if chosen else "hairline")
        painter.setPen(QPen(color, 2.0 if chosen else 1.0))
        painter.drawRoundedRect(rect, 4, 4)

    # --- Time and px ---

    def _scale(self) -> float:
        """Px a second."""
        room = self.width() - _SIDE - 12
        return max(1.0, room) / max(1e-6, self._timeline.seconds)

    def _x(self, seconds: float) -> float:
        if not self._timeline.seconds:
            return 6 + _SIDE / 2
        return 6 + _SIDE / 2 + seconds * self._scale()

    def _seconds(self, x: float) -> float:
        return max(0.0, (x - 6 - _SIDE / 2) / self._scale())

    def _key_at(self, position: QPointF) -> int:
        """The topmost one: later ones lie over earlier ones."""
        if self._timeline.orbit is not None:
            return -1
        keys = reversed(range(len(self._timeline.keys)))
        return next((key for key in keys if self.key_rect(key).contains(position)), -1)
