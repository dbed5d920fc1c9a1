from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from studio.ui.canvas.tools.select_shape import HINT, ShapeTool
from studio.ui.canvas.tools.tool import ToolInfo


class EllipseTool(ShapeTool):
    """Selects an ellipse, with soft edges."""

    snaps = True

    def shape(self, points: tuple[QPointF, ...]) -> QPainterPath:
        path = QPainterPath()
        path.addEllipse(self.box(points))
        return path


SELECT_ELLIPSE = ToolInfo(
    "select-ellipse", "Ellipse", "select-ellipse", "Shift+M", HINT, EllipseTool, 21
)
