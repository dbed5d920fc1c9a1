from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget

from studio.app.live_paint import LivePaint
from studio.core.painting.inks import Ink, color_ink
from studio.core.raster import Raster
from studio.ui.canvas.tools.brush_options import BrushOptions
from studio.ui.canvas.tools.eyedropper import pick_color
from studio.ui.canvas.tools.paint_options import PaintOptions
from studio.ui.canvas.tools.strokes import HINT, StrokeTool
from studio.ui.canvas.tools.tool import Pointer, ToolInfo


class BrushTool(StrokeTool):
    """Paints with the foreground color; Alt picks a color up."""

    id = "brush"
    grows = True
    text = "Brush stroke"
    _picking = False

    def base(self, raster: Raster) -> Raster:
        return raster if raster.channels == 3 else raster.as_rgba()

    def ink(self, _live: LivePaint, _base: Raster) -> Ink:
        self.paint_box.remember(self.paint_box.foreground)
        return color_ink(self.paint_box.foreground)

    def options(self, parent: QWidget) -> QWidget:
        return PaintOptions(self.paint_box, BrushOptions(self.paint_box, self.id), parent)

    def press(self, pointer: Pointer) -> None:
        self._picking = pointer.holds(Qt.KeyboardModifier.AltModifier)
        if self._picking:
            self._pick(pointer.document)
        else:
            super().press(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._picking:
            self._pick(pointer.document)
        super().move(pointer)

    def _pick(self, place: QPointF) -> None:
        color = pick_color(self.renderer, place)
        if color is not None:
            self.paint_box.set_foreground(color)


BRUSH = ToolInfo("brush", "Brush", "brush", "B", f"{HINT} · Alt picks a color", BrushTool, 30)
