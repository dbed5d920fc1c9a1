from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from studio.ui.canvas.tools.select_shape import HINT, ShapeTool
from studio.ui.canvas.tools.tool import ToolInfo


class RectangleTool(ShapeTool):
    """Selects whole px."""

    snaps = True

    def shape(self, points: tuple[QPointF, ...]) -> QPainterPath:
        path = QPainterPath()
        box = self.box(points)
        edges = (round(box.left()), round(box.top())), (round(box.right()), round(box.bottom()))
        path.addRect(QRectF(QPointF(*edges[0]), QPointF(*edges[1])))
        return path


SELECT_RECT = ToolInfo("select-rect", "Rectangle", "select-rect", "M", HINT, RectangleTool, 20)
