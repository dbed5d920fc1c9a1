from __future__ import annotations

from studio.app.live_paint import LivePaint
from studio.core.painting.inks import Ink, eraser_ink
from studio.core.raster import Raster
from studio.ui.canvas.tools.strokes import StrokeTool
from studio.ui.canvas.tools.tool import ToolInfo

_HINT = "Drag to erase · Shift-click erases a line · [ and ] change the size"


class EraserTool(StrokeTool):
    """Makes what it touches transparent."""

    id = "eraser"
    text = "Erase"

    def base(self, raster: Raster) -> Raster:
        return raster.as_rgba()

    def ink(self, _live: LivePaint, _base: Raster) -> Ink:
        return eraser_ink


ERASER = ToolInfo("eraser", "Eraser", "eraser", "E", _HINT, EraserTool, 31)
