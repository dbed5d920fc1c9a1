from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from studio.ui.canvas.tools.tool import Pointer, Tool, ToolInfo


class HandTool(Tool):
    """Drags the canvas."""

    _last: QPointF | None = None

    def press(self, pointer: Pointer) -> None:
        self._last = pointer.view
        self.view.refresh_cursor()

    def move(self, pointer: Pointer) -> None:
        if self._last is not None:
            step = pointer.view - self._last
            self.view.pan(step.x(), step.y())
            self._last = pointer.view

    def release(self, pointer: Pointer) -> None:
        self._last = None
        self.view.refresh_cursor()

    def cursor(self) -> Qt.CursorShape:
        held = self._last is not None
        return Qt.CursorShape.ClosedHandCursor if held else Qt.CursorShape.OpenHandCursor


HAND = ToolInfo("hand", "Hand", "hand", "H", "Drag to look elsewhere", HandTool, 90)
