"""What the tools share that select the inside of a shape which is dragged."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath

from studio.app.selection import Combine, rasterized
from studio.ui.canvas.overlays import paint_dashed, to_view
from studio.ui.canvas.tools.select import SelectTool
from studio.ui.canvas.tools.tool import Pointer

_CLICK = 3.0  # view px: a drag shorter than this selects nothing

HINT = "Drag to select, inside to move · Shift adds · Alt takes away · Shift+Alt intersects"


class ShapeTool(SelectTool):
    """Draws a shape from press to release; Shift, pressed meanwhile, makes its sides equal.

    Pressed inside the selection, it moves that instead, unless a shape is to be added or so.
    """

    _points: tuple[QPointF, ...] = ()  # document px, from the press on
    _how: Combine = "replace"
    _shift_at_press = False
    _square = False
    _grabbed: QPointF | None = None  # document px, where the selection was taken hold of
    _shift = QPointF()  # document px, whole ones, since then
    _over_selection = False
    snaps = False  # whether corners lie on guides and edges

    def shape(self, points: tuple[QPointF, ...]) -> QPainterPath:
        """The selected area in document px, of the places where the mouse was."""
        raise NotImplementedError

    def press(self, pointer: Pointer) -> None:
        if self._can_grab(pointer):
            self._grabbed, self._shift = pointer.document, QPointF()
            return
        if self.snaps:
            self.view.snapper.begin()
        self._points = (self._place(pointer),)
        self._how = self.how(pointer)
        self._shift_at_press = pointer.holds(Qt.KeyboardModifier.ShiftModifier)

    def move(self, pointer: Pointer) -> None:
        if self._grabbed is not None:
            by = pointer.document - self._grabbed
            self._shift = QPointF(round(by.x()), round(by.y()))
            self.view.update()
        elif self._points:
            self._points = (*self._points, self._place(pointer))
            shift = pointer.holds(Qt.KeyboardModifier.ShiftModifier)
            self._square = shift and not self._shift_at_press
            self.view.update()

    def release(self, pointer: Pointer) -> None:
        if self._grabbed is not None:
            self._drop()
            return
        points, self._points = self._points, ()
        self.view.snapper.end()
        if not points:
            return
        shape = None
        if not self._is_click(points):
            shape = rasterized(self.shape(points), self.session.document.rect)
        if shape is not None or self._how == "replace":
            self.view.selections.take(shape, self._how)
        self.view.update()

    def hover(self, pointer: Pointer) -> None:
        self._over_selection = self._can_grab(pointer)

    def cursor(self) -> Qt.CursorShape:
        moves = self._grabbed is not None or (self._over_selection and not self._points)
        return Qt.CursorShape.SizeAllCursor if moves else super().cursor()

    def deactivate(self) -> None:
        self._points, self._grabbed = (), None

    def key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape or not (self._points or self._grabbed):
            return False
        self._points, self._grabbed = (), None
        self.view.update()
        return True

    def paint(self, painter: QPainter) -> None:
        if self._grabbed is not None and not self._shift.isNull():
            path = self.renderer.selection_look.path.translated(self._shift)
            paint_dashed(painter, to_view(path, self.view.transform))
        if len(self._points) > 1:
            paint_dashed(painter, to_view(self.shape(self._points), self.view.transform))

    def box(self, points: tuple[QPointF, ...]) -> QRectF:
        """From the first to the last place; with equal sides while Shift is held."""
        step = points[-1] - points[0]
        if self._square:
            side = max(abs(step.x()), abs(step.y()))
            step = QPointF(side if step.x() >= 0 else -side, side if step.y() >= 0 else -side)
        return QRectF(points[0], points[0] + step).normalized()

    def _can_grab(self, pointer: Pointer) -> bool:
        place = math.floor(pointer.document.x()), math.floor(pointer.document.y())
        return self.how(pointer) == "replace" and self.view.selections.holds(*place)

    def _drop(self) -> None:
        """Where it was only clicked, nothing is selected any more."""
        by, self._grabbed = self._shift, None
        if by.isNull():
            self.view.selections.take(None, "replace")
        else:
            self.view.selections.move(round(by.x()), round(by.y()))
        self.view.update()

    def _place(self, pointer: Pointer) -> QPointF:
        if not self.snaps:
            return pointer.document
        free = pointer.holds(Qt.KeyboardModifier.ControlModifier)
        return self.view.snapper.point(pointer.document, on=not free)

    def _is_click(self, points: tuple[QPointF, ...]) -> bool:
        bounds = self.shape(points).boundingRect()
        return max(bounds.width(), bounds.height()) * self.view.zoom < _CLICK
