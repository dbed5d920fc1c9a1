from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.app.free_transform import (
    FreeTransform,
    Quad,
    TransformProxy,
    quad_map,
    rect_quad,
    transformable,
)
from studio.core.document import Group, Layer
from studio.core.image import Rect
from studio.errors import StudioError
from studio.ui.canvas import quad as quads
from studio.ui.canvas.frame import CORNERS, EDGES, grip_cursor
from studio.ui.canvas.tools.tool import PendingTool, Pointer, ToolInfo
from studio.ui.canvas.tools.transform_options import TransformOptions

if TYPE_CHECKING:
    from studio.ui.canvas.view import CanvasView

_SNAP = 15.0  # degrees, with Shift
_SHIFT, _CTRL, _ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


@dataclass
class _Drag:
    """What was grabbed, and the corners when it was."""

    grip: quads.QuadGrip
    start: Pointer
    quad: Quad
    pivot: QPointF
    moved: bool = False


class TransformTool(PendingTool):
    """Moves the corners of the active layer, or of what is selected of it, or of several layers."""

    proportional = True

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._job: FreeTransform | None = None
        self._quad: Quad | None = None  # what is shown; the job's own while nothing is dragged
        self._pivot: QPointF | None = None  # document px; None: the middle
        self._drag: _Drag | None = None
        self._hovered: quads.QuadGrip = "outside"
        self._proxy = TransformProxy(view.renderer.lane)
        self._on = False
        self._lifted_at: int | None = None  # place in the history
        self._options: TransformOptions | None = None
        view.session.changed.connect(self._follow)
        view.session.active_changed.connect(self._follow)
        view.session.target_changed.connect(self._follow)
        view.renderer.forms_changed.connect(self._follow)

    # --- Life ---

    def activate(self) -> None:
        self._on = True
        document = self.session.document
        if self.session.active_layer is None:
            return
        try:
            self._tell_of_blending(transformable(document, self.session.selected_layers))
        except StudioError as error:
            self.view.painting.tell(error)
            return
        self._lifted_at = None
        if document.selection is not None:
            self._lifted_at = self.session.undo_stack.index()
            self.view.selections.cut_to_layer(deselect=True)  # begins when the layer is there
        else:
            self._begin()

    def deactivate(self) -> None:
        self._on = False
        self._end()

    def apply(self) -> None:
        """Keep the layer as it is shown, and go back to the move tool."""
        self.view.set_tool("move")

    def cancel(self) -> None:
        """Put the layer back, with what was lifted off it, and go back to the move tool."""
        self.view.stand_in.clear()
        if self._job is not None:
            self._job.cancel()
        stack = self.session.undo_stack
        if self._lifted_at is not None and stack.index() == self._lifted_at + 1:
            stack.undo()
        self.view.set_tool("move")

    def _tell_of_blending(self, layers: Iterable[Layer]) -> None:
        """A group that is moved as one picture is one: its layers mix with nothing below."""
        for layer in layers:
            if isinstance(layer, Group) and self.session.document.mixes_below(layer):
                self.view.painting.notifications.post(
                    f"Once “{layer.name}” is transformed with its mask, its layers no longer blend "
                    "with what lies below the group.",
                    "The Move tool and transforming the layers themselves leave it as it looks.",
                    "attention",
                )

    def _begin(self) -> None:
        self._end()
        bases = self._bases()
        if bases and not any(base.is_empty for base in bases.values()):
            self._job = job = FreeTransform(self.session, bases)
            self._quad = job.quad
            self._proxy.request(job, self.session.document, self.view.update)
            self._refresh()

    def _bases(self) -> dict[str, Rect]:
        """Where the layers that can be transformed appear; that some cannot was told before."""
        with suppress(StudioError):
            layers = transformable(self.session.document, self.session.selected_layers)
            found = ((layer.id, self.renderer.rendered_base(layer)) for layer in layers)
            return {key: base for key, base in found if base is not None}
        return {}

    def _end(self) -> None:
        self._job = self._quad = self._pivot = self._drag = None
        self._refresh()

    def _follow(self) -> None:
        """Another layer, an undo, or a layer that is seen elsewhere now: begin from there."""
        job = self._job
        if not self._on or self._drag is not None:
            return
        bases = self._bases()
        same = job is not None and job.in_view and job.bases.keys() == bases.keys()
        if not same or (job is not None and job.untouched and job.bases != bases):
            self._begin()  # untouched, the layers were first seen coarsely

    # --- The mouse ---

    def press(self, pointer: Pointer) -> None:
        if self._job is not None and self._quad is not None:
            self._drag = _Drag(self._grip_at(pointer), pointer, self._quad, self.pivot)
            self.view.snapper.begin(set(self._job.bases))
            if self._drag.grip == "pivot":
                self._pivot = pointer.document
                self._refresh()

    def move(self, pointer: Pointer) -> None:
        drag, job = self._drag, self._job
        if drag is None or job is None:
            return
        if not drag.moved and drag.grip != "pivot":
            self._hide(job)
        drag.moved = True
        if drag.grip == "pivot":
            self._pivot = pointer.document
        else:
            self._quad = self._dragged(drag, pointer)
            self.view.stand_in.drag(self._proxy.image, job.opacity, self._quad)
            self._move_pivot(drag)
        self._refresh()

    def release(self, pointer: Pointer) -> None:
        drag, self._drag = self._drag, None
        self.view.snapper.end()
        if drag is not None and drag.moved and drag.grip != "pivot" and self._quad is not None:
            self._place(self._quad)

    def hover(self, pointer: Pointer) -> None:
        self._hovered = self._grip_at(pointer)

    def cursor(self) -> Qt.CursorShape:
        grip = self._drag.grip if self._drag else self._hovered
        if grip in ("outside", "pivot"):
            return Qt.CursorShape.CrossCursor
        return grip_cursor(grip)  # type: ignore[arg-type]  # narrowed above

    def double_click(self, pointer: Pointer) -> None:
        if self._grip_at(pointer) == "inside":
            self.apply()

    def _dragged(self, drag: _Drag, pointer: Pointer) -> Quad:
        by = pointer.document - drag.start.document
        shift, ctrl, alt = (pointer.holds(key) for key in (_SHIFT, _CTRL, _ALT))
        if drag.grip == "outside":
            return quads.turned(drag.quad, drag.pivot, self._turn(drag, pointer, snap=shift))
        if drag.grip == "inside":
            return self._shifted(drag, _one_axis(by) if shift else by, snaps=not ctrl)
        assert drag.grip != "pivot"
        if ctrl and drag.grip in CORNERS:
            symmetric = shift and alt
            return (quads.in_perspective if symmetric else quads.distorted)(
                drag.quad, drag.grip, by
            )
        if ctrl and drag.grip in EDGES:
            return quads.skewed(drag.quad, drag.grip, by)
        about = drag.pivot if alt else None
        place = self.view.snapper.point(quads.grip_position(drag.quad, drag.grip) + by)
        proportional = self.proportional != shift
        return quads.scaled(drag.quad, drag.grip, place, about, proportional=proportional)

    def _shifted(self, drag: _Drag, by: QPointF, *, snaps: bool) -> Quad:
        around = QPolygonF(drag.quad).boundingRect().translated(by)
        snapped = self.view.snapper.rect(around, on=snaps, x=bool(by.x()), y=bool(by.y()))
        return quads.shifted(drag.quad, by + snapped)

    def _turn(self, drag: _Drag, pointer: Pointer, *, snap: bool) -> float:
        before, after = (p.document - drag.pivot for p in (drag.start, pointer))
        turn = math.degrees(math.atan2(after.y(), after.x()) - math.atan2(before.y(), before.x()))
        if not snap:
            return turn
        angle = quads.measures(QRectF(0, 0, 1, 1), drag.quad).angle
        return round((angle + turn) / _SNAP) * _SNAP - angle

    def _move_pivot(self, drag: _Drag) -> None:
        """A pivot that was put somewhere stays at that place of the layer."""
        if self._pivot is not None and self._quad is not None and drag.grip != "outside":
            self._pivot = quad_map(drag.quad, self._quad).map(drag.pivot)

    def _grip_at(self, pointer: Pointer) -> quads.QuadGrip:
        if self._quad is None:
            return "outside"
        shown = quads.mapped(self._quad, self.view.transform.matrix)
        grip = quads.grip_at(shown, pointer.view)
        puts_pivot = grip in ("inside", "outside") and pointer.holds(_ALT)
        return "pivot" if puts_pivot else grip

    # --- What is shown ---

    @property
    def job(self) -> FreeTransform | None:
        """What is being transformed."""
        return self._job

    @property
    def pivot(self) -> QPointF:
        """What the layer is turned about, in document px."""
        if self._pivot is not None:
            return self._pivot
        return quads.middle(self._quad) if self._quad is not None else QPointF()

    @property
    def quad(self) -> Quad | None:
        """The corners as they are shown, in document px."""
        return self._quad

    def show(self, quad: Quad) -> None:
        """Let the layer's corners be there."""
        if self._job is not None:
            self._hide(self._job)
            self._place(quad)

    def _place(self, quad: Quad) -> None:
        if self._job is not None:
            self._job.show(quad)
            self._quad = self._job.quad
            self.view.stand_in.settle(self._proxy.image, self._job.opacity, self._quad)
            self._refresh()

    def reset(self) -> None:
        """Put the corners where they would be without any transform."""
        if self._job is not None:
            self._pivot = None
            self.show(rect_quad(self._job.base))

    def paint(self, painter: QPainter) -> None:
        if self._job is None or self._quad is None:
            return
        shown = quads.mapped(self._quad, self.view.transform.matrix)
        quads.paint_quad(painter, shown, self.view.transform.to_view(self.pivot))

    def options(self, parent: QWidget) -> QWidget:
        self._options = TransformOptions(self, parent)
        self._options.destroyed.connect(self._forget_options)
        return self._options

    def _forget_options(self) -> None:
        self._options = None

    def _hide(self, job: FreeTransform) -> None:
        """While it is dragged its proxy stands for it."""
        if self._proxy.image.isNull():
            return
        self.renderer.hide_live(job.bases)

    def _refresh(self) -> None:
        if self._options is not None:
            self._options.refresh()
        self.view.update()


def _one_axis(by: QPointF) -> QPointF:
    return QPointF(by.x(), 0) if abs(by.x()) >= abs(by.y()) else QPointF(0, by.y())


TRANSFORM = ToolInfo(
    "transform",
    "Free Transform",
    "transform",
    "Ctrl+T",
    "Drag corners · Outside turns · Ctrl distorts and skews · Ctrl+Alt+Shift: perspective · "
    "Alt-click puts the pivot · Enter applies · Esc cancels",
    TransformTool,
    11,
)
