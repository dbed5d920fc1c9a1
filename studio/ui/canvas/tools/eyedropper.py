from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from studio.app.canvas_renderer import CanvasRenderer
from studio.core.param_values import Color
from studio.ui import theme
from studio.ui.canvas.tools.paint_options import PaintOptions
from studio.ui.canvas.tools.tool import Pointer, Tool, ToolInfo

_SWATCH = 34.0  # view px
_AWAY = QPointF(18, 18)  # view px from the pointer


class EyedropperTool(Tool):
    """Picks the color that is seen; with Alt as the background color."""

    _shown: tuple[QPointF, Color] | None = None

    def press(self, pointer: Pointer) -> None:
        self.move(pointer)

    def move(self, pointer: Pointer) -> None:
        self.hover(pointer)
        if self._shown is None:
            return
        box, (_, color) = self.view.painting.box, self._shown
        if pointer.holds(Qt.KeyboardModifier.AltModifier):
            box.set_background(color)
        else:
            box.set_foreground(color)

    def hover(self, pointer: Pointer) -> None:
        color = pick_color(self.renderer, pointer.document)
        self._shown = None if color is None else (pointer.view, color)
        self.view.update()

    def leave(self) -> None:
        self._shown = None
        self.view.update()

    def deactivate(self) -> None:
        self._shown = None

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def options(self, parent: QWidget) -> QWidget:
        return PaintOptions(self.view.painting.box, parent=parent)

    def paint(self, painter: QPainter) -> None:
        """The color under the pointer, beside it."""
        if self._shown is not None:
            place, color = self._shown
            corner = place + _AWAY
            painter.setPen(QPen(theme.current().color("handle"), 2.0))
            painter.setBrush(QColor.fromRgbF(*color))
            painter.drawRoundedRect(QRectF(corner.x(), corner.y(), _SWATCH, _SWATCH), 6, 6)


def pick_color(renderer: CanvasRenderer, place: QPointF) -> Color | None:
    """The color that is seen at a place in document px; None where nothing is."""
    return renderer.color_at(math.floor(place.x()), math.floor(place.y()))


EYEDROPPER = ToolInfo(
    "eyedropper",
    "Eyedropper",
    "eyedropper",
    "I",
    "Click to pick a color · Alt picks the background color",
    EyedropperTool,
    36,
)
