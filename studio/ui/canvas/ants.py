"""The marching line around the selection."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from studio.ui.canvas.overlays import to_view
from studio.ui.canvas.view_transform import ViewTransform

STEP_MS = 120
_PERIOD = 8  # view px from one dash to the next
_CLEAR, _BLACK, _WHITE = 0x00000000, 0xFF000000, 0xFFFFFFFF


class MarchingAnts:
    """Draws a path as dashes in black and white that move along the diagonal.

    Dashing a long path takes Qt longer than a frame. So the line is drawn once for each view, px by
    px, into a picture with a palette: each px has the number of its diagonal, and marching is
    giving the numbers other colors.
    """

    def __init__(self, view: QWidget) -> None:
        self._view = view
        self._path = QPainterPath()
        self._line = QImage()
        self._area = QRect()  # of the view, that the line takes
        self._drawn: tuple[ViewTransform, QRect] | None = None
        self._phase = 0
        self._timer = QTimer(view, interval=STEP_MS)
        self._timer.timeout.connect(self._march)

    def show_path(self, path: QPainterPath) -> None:
        """Another line, in document px; an empty one stops the timer."""
        self._path = path
        self._drawn = None
        if path.isEmpty():
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def paint(self, painter: QPainter, transform: ViewTransform) -> None:
        if self._path.isEmpty():
            return
        if self._drawn != (transform, self._view.rect()):
            self._draw(transform)
        if not self._line.isNull():
            self._line.setColorTable([_CLEAR, *_colors(self._phase)])
            painter.drawImage(self._area.topLeft(), self._line)

    def _march(self) -> None:
        if self._view.isVisible():
            self._phase = (self._phase + 1) % _PERIOD
            self._view.update(self._area)

    def _draw(self, transform: ViewTransform) -> None:
        path = to_view(self._path, transform)
        around = path.boundingRect().toAlignedRect().adjusted(-1, -1, 1, 1)
        self._area = around & self._view.rect()
        self._line = _numbered(path, self._area)
        self._drawn = (transform, self._view.rect())


def _numbered(path: QPainterPath, area: QRect) -> QImage:
    """`path` as a line of one px: 0 beside it, from 1 to `_PERIOD` along it."""
    if area.isEmpty():
        return QImage()
    line = QImage(area.size(), QImage.Format.Format_Grayscale8)
    line.fill(0)
    painter = QPainter(line)
    painter.translate(-area.topLeft())
    painter.setPen(QPen(QColor(255, 255, 255), 0))
    painter.drawPath(path)
    painter.end()
    width, height, stride = line.width(), line.height(), line.bytesPerLine()
    drawn = np.frombuffer(line.constBits(), np.uint8).reshape(height, stride)
    across = np.arange(area.x(), area.x() + stride, dtype=np.int32)
    down = np.arange(area.y(), area.y() + height, dtype=np.int32)
    numbers = ((across + down[:, None]) % _PERIOD + 1).astype(np.uint8)
    numbers[drawn == 0] = 0
    return QImage(numbers.data, width, height, stride, QImage.Format.Format_Indexed8).copy()


def _colors(phase: int) -> list[int]:
    half = _PERIOD // 2
    return [_BLACK if (at - phase) % _PERIOD < half else _WHITE for at in range(_PERIOD)]
