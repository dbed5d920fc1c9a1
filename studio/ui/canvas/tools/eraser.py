from __future__ import annotations

from studio.app.live_paint import LivePaint
from studio.core.painting.inks import Ink, color_ink, eraser_ink
from studio.core.raster import Raster
from studio.ui.canvas.tools.strokes import StrokeTool
from studio.ui.canvas.tools.tool import ToolInfo

_HINT = "Drag to erase · Shift-click erases a line · [ and ] change the size"


class EraserTool(StrokeTool):
    """Makes what it touches transparent; where alpha is locked, of the background color.

    A mask hides where it goes.
    """

    id = "eraser"
    text = "Erase"

    def base(self, raster: Raster) -> Raster:
        return raster.as_rgba()

    def ink(self, live: LivePaint, _base: Raster) -> Ink:
        locked = "alpha" in live.layer.locks and not live.mask
        return color_ink(self.paint_box.background) if locked else eraser_ink


ERASER = ToolInfo("eraser", "Eraser", "eraser", "E", _HINT, EraserTool, 31)
