from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from studio.ui import theme
from studio.ui.canvas.tools.tool import Pointer, Tool, ToolInfo

_LEAST_DRAG = 6  # view px: less is a click


class ZoomTool(Tool):
    """Click to zoom in, Alt-click to zoom out, drag a frame to fill the view with it."""

    _start: QPointF | None = None
    _end: QPointF | None = None

    def press(self, pointer: Pointer) -> None:
        self._start = self._end = pointer.view

    def move(self, pointer: Pointer) -> None:
        self._end = pointer.view
        self.view.update()

    def release(self, pointer: Pointer) -> None:
        frame = self._frame()
        self._start = None
        if max(frame.width(), frame.height()) >= _LEAST_DRAG:
            self.view.zoom_to_rect(self.view.transform.rect_to_document(frame))
        elif pointer.holds(Qt.KeyboardModifier.AltModifier):
            self.view.zoom_out(pointer.view)
        else:
            self.view.zoom_in(pointer.view)

    def deactivate(self) -> None:
        self._start = None

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def paint(self, painter: QPainter) -> None:
        if self._start is not None:
            accent = theme.current().color("accent")
            painter.setPen(accent)
            painter.setBrush(theme.fade(accent, 0.12))
            painter.drawRect(self._frame())

    def _frame(self) -> QRectF:
        if self._start is None or self._end is None:
            return QRectF()
        return QRectF(self._start, self._end).normalized()


ZOOM = ToolInfo(
    "zoom", "Zoom", "zoom", "Z", "Click to zoom in · Alt zooms out · Drag", ZoomTool, 91
)
