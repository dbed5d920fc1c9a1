from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from studio.errors import StudioError
from studio.ui import theme
from studio.ui.canvas.text_editor import TextEditor
from studio.ui.canvas.tools.text_options import TextOptions
from studio.ui.canvas.tools.tool import Pointer, Tool, ToolInfo

if TYPE_CHECKING:
    from studio.ui.canvas.view import CanvasView


class TextTool(Tool):
    """Writes where it is clicked; a click on a text edits that one again."""

    _editor: TextEditor | None = None

    def press(self, pointer: Pointer) -> None:
        texts = self.view.painting.texts
        layer_id = text_at(self.view, pointer.document)
        if texts.writing and layer_id is None:
            texts.finish()
            return
        try:
            if layer_id is not None:
                texts.edit(layer_id)
            else:
                texts.begin(pointer.document)
        except StudioError as error:
            self.view.painting.tell(error)
            return
        self.open_editor()

    def open_editor(self) -> None:
        """Let the text that is being edited be typed."""
        if self._editor is None:
            self._editor = TextEditor(self.view, self.view.painting.texts)
        self._editor.open()

    def deactivate(self) -> None:
        self.view.painting.texts.finish()

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.IBeamCursor

    def paint(self, painter: QPainter) -> None:
        """A line around the text that is being edited."""
        layer = self.view.painting.texts.layer
        if layer is not None:
            rect = self.renderer.rendered_rect(layer)
            painter.setPen(QPen(theme.current().color("accent"), 1.0, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.view.transform.rect_to_view(rect))

    def options(self, parent: QWidget) -> QWidget:
        return TextOptions(self.view.painting, parent)


def text_at(view: CanvasView, place: QPointF) -> str | None:
    """The id of the topmost text layer at a place in document px."""
    x, y = math.floor(place.x()), math.floor(place.y())
    for layer in reversed(view.session.document.layers):
        rect = view.renderer.rendered_rect(layer)
        inside = rect.x <= x < rect.right and rect.y <= y < rect.bottom
        if layer.text is not None and layer.visible and inside:
            return layer.id
    return None


def write_at(view: CanvasView, pointer: Pointer) -> bool:
    """Take the text tool to the text at the pointer; False if there is none."""
    if text_at(view, pointer.document) is None:
        return False
    view.set_tool("text")
    view.tool.press(pointer)
    return True


TEXT = ToolInfo(
    "text",
    "Text",
    "text",
    "T",
    "Click to write · Click a text to change it · Ctrl+Enter or a click elsewhere ends",
    TextTool,
    50,
)
