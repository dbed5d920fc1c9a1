from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath

from studio.ui.canvas.tools.select_shape import HINT, ShapeTool
from studio.ui.canvas.tools.tool import ToolInfo


class LassoTool(ShapeTool):
    """Selects what is drawn around."""

    def shape(self, points: tuple[QPointF, ...]) -> QPainterPath:
        path = QPainterPath()
        path.addPolygon(list(points))
        path.closeSubpath()
        path.setFillRule(Qt.FillRule.WindingFill)
        return path


LASSO = ToolInfo("lasso", "Lasso", "lasso", "L", HINT, LassoTool, 22)
