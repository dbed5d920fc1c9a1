from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath

from studio.app.selection import Combine, rasterized
from studio.ui.canvas.overlays import paint_dashed, to_view
from studio.ui.canvas.tools.select import SelectTool
from studio.ui.canvas.tools.tool import Pointer, ToolInfo

_NEAR = 9.0  # view px: a click this near to the first corner closes the polygon


class PolygonTool(SelectTool):
    """Selects the inside of a polygon whose corners are clicked."""

    _corners: tuple[QPointF, ...] = ()  # document px
    _pointer = QPointF()
    _how: Combine = "replace"

    def press(self, pointer: Pointer) -> None:
        if not self._corners:
            self._how = self.how(pointer)
        if self._closes(pointer):
            self._finish()
        else:
            self._corners = (*self._corners, pointer.document)
        self.hover(pointer)

    def double_click(self, pointer: Pointer) -> None:
        self._finish()

    def hover(self, pointer: Pointer) -> None:
        self._pointer = pointer.document
        if self._corners:
            self.view.update()

    def move(self, pointer: Pointer) -> None:
        self.hover(pointer)

    def deactivate(self) -> None:
        self._corners = ()

    def key(self, event: QKeyEvent) -> bool:
        """Enter closes the polygon, Backspace takes a corner back, Escape all of them."""
        if not self._corners:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
        elif event.key() == Qt.Key.Key_Escape:
            self._corners = ()
        elif event.key() == Qt.Key.Key_Backspace:
            self._corners = self._corners[:-1]
        else:
            return False
        self.view.update()
        return True

    def claims(self, event: QKeyEvent) -> bool:
        return bool(self._corners) and event.key() == Qt.Key.Key_Backspace

    def paint(self, painter: QPainter) -> None:
        if not self._corners:
            return
        path = QPainterPath()
        path.addPolygon([*self._corners, self._pointer])
        paint_dashed(painter, to_view(path, self.view.transform))
        first = self.view.transform.to_view(self._corners[0])
        painter.drawEllipse(first, _NEAR / 2, _NEAR / 2)

    def _finish(self) -> None:
        corners, self._corners = self._corners, ()
        self.view.update()
        if len(corners) < 3:
            if self._how == "replace":
                self.view.selections.take(None, "replace")
            return
        path = QPainterPath()
        path.addPolygon(list(corners))
        path.closeSubpath()
        path.setFillRule(Qt.FillRule.WindingFill)
        shape = rasterized(path, self.session.document.rect)
        self.view.selections.take(shape, self._how)

    def _closes(self, pointer: Pointer) -> bool:
        if len(self._corners) < 3:
            return False
        first = self.view.transform.to_view(self._corners[0])
        return QLineF(first, pointer.view).length() <= _NEAR


POLYGON = ToolInfo(
    "polygon",
    "Polygon Lasso",
    "polygon",
    "Shift+L",
    "Click corners · Enter or double-click closes · Backspace takes one back · Esc cancels",
    PolygonTool,
    23,
)
