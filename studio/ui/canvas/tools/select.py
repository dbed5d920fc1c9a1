"""What the selection tools share: a shape is drawn, and combined with what is selected."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from studio.app.selection import Combine, combined, rasterized
from studio.ui.canvas.overlays import paint_dashed, to_view
from studio.ui.canvas.tools.tool import Pointer, Tool
from studio.ui.widgets.segmented_control import SegmentedControl

_MODES = {"replace": "New", "add": "Add", "subtract": "Subtract"}
_MODES_WIDTH = 216
_CLICK = 3.0  # view px: a drag shorter than this selects nothing

HINT = "Drag to select · Shift adds · Alt takes away · Click to deselect"


class SelectTool(Tool):
    """Draws a shape from press to release; Shift adds it to the selection, Alt takes it away."""

    _points: tuple[QPointF, ...] = ()  # document px, from the press on
    _mode: Combine = "replace"  # what a drag without a modifier key does
    _how: Combine = "replace"
    _square = False

    def shape(self, points: tuple[QPointF, ...]) -> QPainterPath:
        """The selected area in document px, of the places where the mouse was."""
        raise NotImplementedError

    def press(self, pointer: Pointer) -> None:
        self._points = (pointer.document,)
        self._how = self._how_with(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._points:
            self._points = (*self._points, pointer.document)
            shift = pointer.holds(Qt.KeyboardModifier.ShiftModifier)
            self._square = shift and self._how != "add"
            self.view.update()

    def release(self, pointer: Pointer) -> None:
        points, self._points = self._points, ()
        if not points:
            return
        before = self.session.document.selection
        if self._is_click(points):
            selection = None if self._how == "replace" else before
        else:
            shape = rasterized(self.shape(points), self.session.document.rect)
            selection = combined(before, shape, self._how)
        if selection is not before:
            self.session.set_selection(selection)
        self.view.update()

    def deactivate(self) -> None:
        self._points = ()

    def key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape or not self._points:
            return False
        self._points = ()
        self.view.update()
        return True

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def paint(self, painter: QPainter) -> None:
        if len(self._points) > 1:
            paint_dashed(painter, to_view(self.shape(self._points), self.view.transform))

    def options(self, parent: QWidget) -> QWidget:
        modes = SegmentedControl(_MODES, self._mode, parent)
        modes.setFixedWidth(_MODES_WIDTH)
        modes.changed.connect(self._set_mode)
        return modes

    def _set_mode(self, mode: Combine) -> None:
        self._mode = mode

    def _how_with(self, pointer: Pointer) -> Combine:
        if pointer.holds(Qt.KeyboardModifier.AltModifier):
            return "subtract"
        return "add" if pointer.holds(Qt.KeyboardModifier.ShiftModifier) else self._mode

    def _is_click(self, points: tuple[QPointF, ...]) -> bool:
        bounds = self.shape(points).boundingRect()
        return max(bounds.width(), bounds.height()) * self.view.zoom < _CLICK

    def box(self, points: tuple[QPointF, ...]) -> QRectF:
        """From the first to the last place; with equal sides while Shift is held."""
        step = points[-1] - points[0]
        if self._square:
            side = max(abs(step.x()), abs(step.y()))
            step = QPointF(side if step.x() >= 0 else -side, side if step.y() >= 0 else -side)
        return QRectF(points[0], points[0] + step).normalized()
