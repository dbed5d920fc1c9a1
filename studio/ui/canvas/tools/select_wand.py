from __future__ import annotations

import math

from PySide6.QtWidgets import QWidget

from studio.app.selection_by_color import Wand
from studio.ui.canvas.tools.select import SelectTool
from studio.ui.canvas.tools.tool import Pointer, ToolInfo
from studio.ui.widgets.param_bar import ParamBar


class WandTool(SelectTool):
    """Selects what is like the clicked place."""

    _wand = Wand()

    def press(self, pointer: Pointer) -> None:
        x, y = math.floor(pointer.document.x()), math.floor(pointer.document.y())
        self.view.selections.wand(x, y, self._wand, self.how(pointer))

    def further_options(self, parent: QWidget) -> QWidget:
        bar = ParamBar(self._wand, parent)
        bar.changed.connect(self._set_wand)
        return bar

    def _set_wand(self, wand: Wand) -> None:
        self._wand = wand


WAND = ToolInfo(
    "wand",
    "Magic Wand",
    "wand",
    "W",
    "Click to select what looks like that · Shift adds · Alt takes away · Shift+Alt intersects",
    WandTool,
    24,
)
