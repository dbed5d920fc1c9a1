from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio.app.selection_by_color import Wand
from studio.errors import StudioError
from studio.ui.canvas.tools.paint_options import PaintOptions
from studio.ui.canvas.tools.tool import Pointer, Tool, ToolInfo
from studio.ui.widgets.param_bar import ParamBar


class FillTool(Tool):
    """Fills what looks alike with the foreground color."""

    _wand = Wand()

    def press(self, pointer: Pointer) -> None:
        try:
            self.view.painting.fill(pointer.document, self._wand)
        except StudioError as error:
            self.view.painting.tell(error)

    def double_click(self, pointer: Pointer) -> None:
        self.press(pointer)

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def options(self, parent: QWidget) -> QWidget:
        bar = ParamBar(self._wand)
        bar.changed.connect(self._set_wand)
        return PaintOptions(self.view.painting.box, bar, parent)

    def _set_wand(self, wand: Wand) -> None:
        self._wand = wand


FILL = ToolInfo(
    "fill",
    "Fill",
    "fill",
    "F",
    "Click to fill what looks alike with the foreground color",
    FillTool,
    34,
)
