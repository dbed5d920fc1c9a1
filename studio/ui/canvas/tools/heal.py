from __future__ import annotations

from studio.app.healing import healed
from studio.app.live_paint import LivePaint
from studio.core.control import RunControl
from studio.core.painting.inks import Ink, color_ink
from studio.core.painting.stroke import Stroke
from studio.core.raster import Raster
from studio.ui import theme
from studio.ui.canvas.tools.strokes import StrokeTool
from studio.ui.canvas.tools.tool import ToolInfo

_VEIL = 0.45  # how thick the stroke is shown


class HealTool(StrokeTool):
    """Replaces what it touches by what is around it."""

    id = "heal"
    text = "Heal"

    def base(self, raster: Raster) -> Raster:
        return raster if raster.channels == 3 else raster.as_rgba()

    def ink(self, _live: LivePaint, _base: Raster) -> Ink:
        accent = theme.current().color("accent")
        veil = color_ink((accent.redF(), accent.greenF(), accent.blueF()))
        return lambda base, coverage, place: veil(base, coverage * _VEIL, place)

    def end(self, live: LivePaint, stroke: Stroke) -> None:
        """The veil stays until the filled picture is there."""
        rect, coverage = stroke.touched, stroke.coverage(stroke.touched)

        def make(raster: Raster, control: RunControl) -> Raster:
            return healed(raster, rect, coverage, control)

        self.view.painting.later(live, self.text, make)


HEAL = ToolInfo(
    "heal",
    "Heal",
    "heal",
    "J",
    "Drag over what should disappear · [ and ] change the size",
    HealTool,
    33,
)
