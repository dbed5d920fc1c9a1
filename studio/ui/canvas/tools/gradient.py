from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from studio.core.painting.gradients import Gradient
from studio.errors import StudioError
from studio.ui import theme
from studio.ui.canvas.tools.paint_options import PaintOptions
from studio.ui.canvas.tools.tool import Pointer, Tool, ToolInfo
from studio.ui.widgets.param_bar import ParamBar

_END = 4.0  # view px, radius of the dots at both ends
_STEP = math.pi / 4  # that Shift turns the line by


class GradientTool(Tool):
    """Lays a gradient over layer or selection, from press to release."""

    _gradient = Gradient()
    _start: QPointF | None = None  # document px
    _end = QPointF()

    def press(self, pointer: Pointer) -> None:
        self._start = self._end = pointer.document

    def move(self, pointer: Pointer) -> None:
        if self._start is not None:
            held = pointer.holds(Qt.KeyboardModifier.ShiftModifier)
            end = pointer.document
            self._end = self._start + _straightened(end - self._start) if held else end
            self.view.update()

    def release(self, pointer: Pointer) -> None:
        start, self._start = self._start, None
        self.view.update()
        if start is None or start == self._end:
            return
        try:
            self.view.painting.gradient(start, self._end, self._gradient)
        except StudioError as error:
            self.view.painting.tell(error)

    def key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape or self._start is None:
            return False
        self.deactivate()
        return True

    def deactivate(self) -> None:
        self._start = None
        self.view.update()

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def paint(self, painter: QPainter) -> None:
        """The line that is drawn, with both colors at its ends."""
        if self._start is None:
            return
        start, end = (self.view.transform.to_view(place) for place in (self._start, self._end))
        for pen in (QPen(theme.fade(QColor(Qt.GlobalColor.black), 0.6), 3.0), QPen(_white(), 1.0)):
            painter.setPen(pen)
            painter.drawLine(start, end)
        box = self.view.painting.box
        colors = (box.foreground, box.background)
        ends = reversed(colors) if self._gradient.reverse else colors
        for place, color in zip((start, end), ends, strict=True):
            painter.setPen(QPen(_white(), 1.5))
            painter.setBrush(QColor.fromRgbF(*color))
            painter.drawEllipse(place, _END, _END)

    def options(self, parent: QWidget) -> QWidget:
        bar = ParamBar(self._gradient)
        bar.changed.connect(self._set_gradient)
        return PaintOptions(self.view.painting.box, bar, parent)

    def _set_gradient(self, gradient: Gradient) -> None:
        self._gradient = gradient


def _straightened(way: QPointF) -> QPointF:
    """Turned to the nearest eighth of a circle."""
    length = math.hypot(way.x(), way.y())
    angle = round(math.atan2(way.y(), way.x()) / _STEP) * _STEP
    return QPointF(length * math.cos(angle), length * math.sin(angle))


def _white() -> QColor:
    return QColor(Qt.GlobalColor.white)


GRADIENT = ToolInfo(
    "gradient",
    "Gradient",
    "gradient",
    "G",
    "Drag from the foreground color to the background color · Shift keeps to 45°",
    GradientTool,
    35,
)
