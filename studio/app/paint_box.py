"""What the painting tools paint with: two colors, the recent ones, and a brush for each tool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.core.painting.brush import Brush
from studio.core.param_values import Color
from studio.core.params import from_json, to_json
from studio.errors import StudioError

BLACK: Color = (0.0, 0.0, 0.0)
WHITE: Color = (1.0, 1.0, 1.0)
RECENT = 12  # colors that are remembered
FIRST_BRUSHES = {
    "eraser": Brush(size=48, hardness=0.8),
    "clone": Brush(size=64, hardness=0.5),
    "heal": Brush(size=32, hardness=0.8),
}


class PaintBox(QObject):
    """Owns colors and brushes; lives in the GUI thread. No part of the document, so no undo.

    Emits `colors_changed()` and `brush_changed(str)` with the tool's id.
    """

    colors_changed = Signal()
    brush_changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.foreground = BLACK
        self.background = WHITE
        self.recent: tuple[Color, ...] = ()
        self._brushes: dict[str, Brush] = {}

    def set_foreground(self, color: Color) -> None:
        if color != self.foreground:
            self.foreground = color
            self.colors_changed.emit()

    def set_background(self, color: Color) -> None:
        if color != self.background:
            self.background = color
            self.colors_changed.emit()

    def swap(self) -> None:
        """Foreground and background change places."""
        self.foreground, self.background = self.background, self.foreground
        self.colors_changed.emit()

    def reset(self) -> None:
        """Black on white."""
        self.foreground, self.background = BLACK, WHITE
        self.colors_changed.emit()

    def remember(self, color: Color) -> None:
        """A color was used: it becomes the first of the recent ones."""
        if self.recent[:1] != (color,):
            others = tuple(item for item in self.recent if item != color)
            self.recent = (color, *others)[:RECENT]
            self.colors_changed.emit()

    def brush(self, tool_id: str) -> Brush:
        """The brush of a tool."""
        return self._brushes.get(tool_id) or FIRST_BRUSHES.get(tool_id, Brush())

    def set_brush(self, tool_id: str, brush: Brush) -> None:
        if brush != self.brush(tool_id):
            self._brushes[tool_id] = brush
            self.brush_changed.emit(tool_id)

    # --- From one session to the next ---

    def to_json(self) -> dict[str, Any]:
        return {
            "foreground": list(self.foreground),
            "background": list(self.background),
            "recent": [list(color) for color in self.recent],
            "brushes": {tool_id: to_json(brush) for tool_id, brush in self._brushes.items()},
        }

    def restore(self, data: object) -> None:
        """Take what `to_json` gave; what cannot be read is as if it had never been chosen."""
        if not isinstance(data, dict):
            return
        try:
            colors = [_color(data["foreground"]), _color(data["background"])]
            recent = tuple(_color(values) for values in data["recent"])[:RECENT]
            brushes = {str(tool): from_json(Brush, b) for tool, b in data["brushes"].items()}
        except (AttributeError, KeyError, TypeError, ValueError, StudioError):
            return
        self.foreground, self.background = colors
        self.recent, self._brushes = recent, brushes
        self.colors_changed.emit()
        for tool_id in self._brushes:
            self.brush_changed.emit(tool_id)


def _color(values: Sequence[float]) -> Color:
    red, green, blue = (min(1.0, max(0.0, float(value))) for value in values)
    return red, green, blue
