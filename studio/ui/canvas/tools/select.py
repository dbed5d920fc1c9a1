"""What the selection tools share: how a new shape is combined with what is selected."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.app.selection import Combine
from studio.ui.canvas.tools.tool import Pointer, Tool
from studio.ui.widgets.segmented_control import SegmentedControl

_MODES = {"replace": "New", "add": "Add", "subtract": "Subtract", "intersect": "Intersect"}
_MODES_WIDTH = 288
_SHIFT, _ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


class SelectTool(Tool):
    """Shift adds to the selection, Alt takes away, both together keep what is in both."""

    _mode: Combine = "replace"  # without a modifier key

    def how(self, pointer: Pointer) -> Combine:
        """How to combine a shape that begins with this press."""
        shift, alt = pointer.holds(_SHIFT), pointer.holds(_ALT)
        if shift and alt:
            return "intersect"
        if alt:
            return "subtract"
        return "add" if shift else self._mode

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def options(self, parent: QWidget) -> QWidget:
        bar = QWidget(parent)
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        modes = SegmentedControl(_MODES, self._mode, bar)
        modes.setFixedWidth(_MODES_WIDTH)
        modes.changed.connect(self._set_mode)
        row.addWidget(modes)
        further = self.further_options(bar)
        if further is not None:
            row.addWidget(further)
        return bar

    def further_options(self, parent: QWidget) -> QWidget | None:
        """What the options bar shows behind the modes; None: nothing."""
        return None

    def _set_mode(self, mode: Combine) -> None:
        self._mode = mode
