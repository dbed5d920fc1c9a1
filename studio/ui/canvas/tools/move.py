from __future__ import annotations

import math
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from studio.app.layer_transform import LayerBox, fit_layer, turn_layer
from studio.app.refusals import locked_error
from studio.core.document import Group, Layer, new_id
from studio.core.guides import Axis
from studio.core.image import Rect
from studio.ui.canvas.frame import (
    CORNERS,
    Grip,
    dragged,
    grip_at,
    grip_cursor,
    grip_position,
    paint_frame,
    proportional,
    turned,
)
from studio.ui.canvas.tools.move_options import MoveOptions
from studio.ui.canvas.tools.text import write_at
from studio.ui.canvas.tools.tool import Pointer, Tool, ToolInfo

_GRIPS: tuple[Grip, ...] = (*CORNERS, "knob")
_SNAP = 15.0  # degrees, with Shift
_SLACK = 3.0  # view px: a press that moves less is a click
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass
class _Gesture:
    """A drag: what was grabbed, and the layer and its place when it began."""

    grip: Grip
    start: Pointer
    layer: Layer
    box: LayerBox
    seen: QRectF  # where it appeared
    moved: bool = False
    target: QRectF | None = None  # what a scaled box is to become, in its turned frame
    step_id: str = field(default_factory=new_id)


class MoveTool(Tool):
    """Moves, scales and turns the active layer; picks the layer that is clicked."""

    _gesture: _Gesture | None = None
    _hovered: Grip | None = None
    _guide: Axis | None = None  # of the guide under the pointer

    def press(self, pointer: Pointer) -> None:
        grip = self._grip_at(pointer)
        guide = self.view.guides.at(pointer.view)
        if guide is not None and grip in ("inside", None):
            self.view.guides.begin(*guide)
            return
        if pointer.holds(Qt.KeyboardModifier.AltModifier) or grip is None:
            self._pick(pointer)
            grip = "inside"
        layer, box = self.session.active_layer, self._box()
        if layer is not None and box is not None and (grip != "inside" or self._grip_at(pointer)):
            seen = self.renderer.rendered_rect(layer)
            self._gesture = _Gesture(grip, pointer, layer, box, QRectF(*seen))
            self.view.snapper.begin({layer.id})

    def move(self, pointer: Pointer) -> None:
        self.view.guides.pull(pointer.view)
        gesture = self._gesture
        if gesture is None:
            return
        step = pointer.view - gesture.start.view
        if not gesture.moved and step.manhattanLength() > _SLACK:
            gesture.moved = self._may_move(gesture.layer)
        if not gesture.moved or self._gesture is None:
            return
        keep = pointer.holds(Qt.KeyboardModifier.ShiftModifier)
        if gesture.grip == "knob":
            self._turn(gesture, pointer, snap=keep)
        elif gesture.grip == "inside":
            self._shift(gesture, pointer, one_axis=keep)
        else:
            self._scale(gesture, pointer, free=keep)
        self.view.update()

    def release(self, pointer: Pointer) -> None:
        self.view.guides.drop()
        self._end()

    def deactivate(self) -> None:
        self._end()

    def double_click(self, pointer: Pointer) -> None:
        if not write_at(self.view, pointer):
            self._steer()

    def hover(self, pointer: Pointer) -> None:
        self._hovered = self._grip_at(pointer)
        guide = self.view.guides.at(pointer.view)
        self._guide = guide[0] if guide is not None and self._hovered in ("inside", None) else None

    def cursor(self) -> Qt.CursorShape:
        if self._gesture is None and self._guide is not None:
            return self.view.guides.cursor(self._guide)
        grip = self._gesture.grip if self._gesture else self._hovered
        return grip_cursor(grip)

    def key(self, event: QKeyEvent) -> bool:
        """Arrows nudge by a px, with Shift by ten; holding one down is one undo step."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._steer()
        layer = self.session.active_layer
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if arrow is None or layer is None:
            return False
        if not event.isAutoRepeat():
            self.session.end_gesture()
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        self.session.move_layer(layer.id, layer.x + far * arrow[0], layer.y + far * arrow[1])
        return True

    def paint(self, painter: QPainter) -> None:
        box = self._box()
        if box is None:
            return
        shown = QRectF(*box.rect)
        if self._gesture is not None and self._gesture.target is not None:
            shown = _placed(self._gesture)
        frame = self.view.transform.rect_to_view(shown)
        paint_frame(painter, frame, self._grips, box.angle)

    def options(self, parent: QWidget) -> QWidget:
        return MoveOptions(self.session, self.renderer, parent)

    # --- Gestures ---

    def _may_move(self, layer: Layer) -> bool:
        """Whether no lock holds the layer; the gesture ends if one does."""
        if not self.session.document.is_locked(layer, "position"):
            return True
        self._gesture = None
        self.view.painting.notifications.failed(locked_error(layer))
        return False

    def _shift(self, gesture: _Gesture, pointer: Pointer, *, one_axis: bool) -> None:
        by = pointer.document - gesture.start.document
        across = not one_axis or abs(by.x()) >= abs(by.y())
        down = not one_axis or not across
        by = QPointF(by.x() if across else 0.0, by.y() if down else 0.0)
        free = pointer.holds(Qt.KeyboardModifier.ControlModifier)
        by += self.view.snapper.rect(gesture.seen.translated(by), on=not free, x=across, y=down)
        layer, dx, dy = gesture.layer, by.x(), by.y()
        self.session.move_layer(layer.id, layer.x + round(dx), layer.y + round(dy))

    def _scale(self, gesture: _Gesture, pointer: Pointer, *, free: bool) -> None:
        before = QRectF(*gesture.box.rect)
        step = pointer.document - gesture.start.document
        by = turned(step, QPointF(), -gesture.box.angle)
        if not gesture.box.angle:
            by = self._snapped(gesture, pointer, before, by, free=free)
        target = (dragged if free else proportional)(before, gesture.grip, by)
        if min(target.width(), target.height()) < 1.0:
            return
        left, top = round(target.left()), round(target.top())
        right, bottom = round(target.right()), round(target.bottom())
        place = Rect(left, top, max(1, right - left), max(1, bottom - top))
        box = fit_layer(self.session, gesture.layer, gesture.box.rect, place, gesture.step_id)
        gesture.target = QRectF(*box)

    def _snapped(
        self, gesture: _Gesture, pointer: Pointer, before: QRectF, by: QPointF, *, free: bool
    ) -> QPointF:
        """With proportions kept, only that side snaps which decides on the size."""
        target = dragged(before, gesture.grip, by)
        wider = target.width() / before.width() >= target.height() / before.height()
        corner = grip_position(before, gesture.grip)
        on = not pointer.holds(Qt.KeyboardModifier.ControlModifier)
        place = self.view.snapper.point(corner + by, on=on, x=free or wider, y=free or not wider)
        return place - corner

    def _turn(self, gesture: _Gesture, pointer: Pointer, *, snap: bool) -> None:
        middle = QRectF(*gesture.box.rect).center()
        angle = (
            gesture.box.angle
            + _bearing(middle, pointer.document)
            - _bearing(middle, gesture.start.document)
        )
        if snap:
            angle = round(angle / _SNAP) * _SNAP
        turn_layer(self.session, gesture.layer, angle, gesture.step_id)

    def _end(self) -> None:
        if self._gesture is not None:
            self._gesture = None
            self.session.end_gesture()
            self.view.snapper.end()

    # --- What is under the pointer ---

    def _box(self) -> LayerBox | None:
        """Where the active layer appears; None without one, or if it is hidden."""
        layer = self.session.active_layer
        if layer is None or not layer.visible:
            return None
        return self.renderer.rendered_box(layer)

    @property
    def _grips(self) -> tuple[Grip, ...]:
        """A group is moved; only what is in it can be scaled and turned."""
        return () if isinstance(self.session.active_layer, Group) else _GRIPS

    def _grip_at(self, pointer: Pointer) -> Grip | None:
        box = self._box()
        if box is None:
            return None
        shown = self.view.transform.rect_to_view(box.rect)
        return grip_at(shown, turned(pointer.view, shown.center(), -box.angle), self._grips)

    def _steer(self) -> bool:
        """Take a generated layer back to the explorer; True if it is one."""
        layer = self.session.active_layer
        if layer is None or layer.provenance.point is None:
            return False
        self.view.open_in_explorer.emit(layer.id)
        return True

    def _pick(self, pointer: Pointer) -> None:
        """Activate the topmost layer under the pointer; with Alt the next one below."""
        found = self.renderer.layers_at(
            math.floor(pointer.document.x()), math.floor(pointer.document.y())
        )
        if not found:
            return
        active = self.session.active_id
        below = pointer.holds(Qt.KeyboardModifier.AltModifier) and active in found
        index = (found.index(active) + 1) % len(found) if below else 0
        self.session.set_active(found[index])


def _placed(gesture: _Gesture) -> QRectF:
    """The box that is being scaled, upright again: it turns about a middle that moves."""
    assert gesture.target is not None
    shown = QRectF(gesture.target)
    before = QRectF(*gesture.box.rect).center()
    shown.moveCenter(turned(shown.center(), before, gesture.box.angle))
    return shown


def _bearing(middle: QPointF, point: QPointF) -> float:
    """Degrees, clockwise, of the direction from `middle` to `point`."""
    return math.degrees(math.atan2(point.y() - middle.y(), point.x() - middle.x()))


MOVE = ToolInfo(
    "move",
    "Move",
    "move",
    "V",
    "Drag to move · Shift keeps the axis · Ctrl does not snap · Alt-click picks the layer below",
    MoveTool,
    10,
)
