"""Moving about the canvas with wheel, touchpad, middle button and space bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.ui.canvas.view_transform import ViewTransform

WHEEL_ZOOM = 1.0015  # per eighth of a degree: one notch of 15° is 20 %


class Navigator:
    """Turns input into another `ViewTransform`; None where the input is not about navigation.

    Belongs to the view and is given its events first.
    """

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._space = False
        self._drag_from: QPointF | None = None

    @property
    def panning(self) -> bool:
        """Whether the mouse drags, or would drag, the canvas."""
        return self._space or self._drag_from is not None

    @property
    def cursor(self) -> Qt.CursorShape:
        held = self._drag_from is not None
        return Qt.CursorShape.ClosedHandCursor if held else Qt.CursorShape.OpenHandCursor

    def wheel(self, event: QWheelEvent, transform: ViewTransform) -> ViewTransform:
        """A touchpad's two fingers pan; a wheel zooms, and so does either with Ctrl."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        angle, pixels = event.angleDelta(), event.pixelDelta()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if not control and (_is_touchpad(event) or shift or angle.x()):
            step = pixels if not pixels.isNull() else angle / 2
            dx, dy = (step.x() or step.y(), 0) if shift else (step.x(), step.y())
            return transform.panned(dx, dy)
        factor = WHEEL_ZOOM ** (angle.y() or angle.x())
        return transform.zoomed(transform.zoom * factor, event.position())

    def pinch(self, event: QNativeGestureEvent, transform: ViewTransform) -> ViewTransform | None:
        if event.gestureType() is not Qt.NativeGestureType.ZoomNativeGesture:
            return None
        return transform.zoomed(transform.zoom * (1 + event.value()), event.position())

    def press(self, event: QMouseEvent) -> bool:
        middle = event.button() is Qt.MouseButton.MiddleButton
        if middle or (self._space and event.button() is Qt.MouseButton.LeftButton):
            self._drag_from = event.position()
            return True
        return False

    def move(self, event: QMouseEvent, transform: ViewTransform) -> ViewTransform | None:
        if self._drag_from is None:
            return None
        step = event.position() - self._drag_from
        self._drag_from = event.position()
        return transform.panned(step.x(), step.y())

    def release(self) -> bool:
        dragged, self._drag_from = self._drag_from is not None, None
        return dragged

    def key(self, event: QKeyEvent) -> bool:
        """The space bar went down or up."""
        if event.key() != Qt.Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self._space = event.type() is QEvent.Type.KeyPress
        return True

    def focus_lost(self) -> None:
        self._space = False


def _is_touchpad(event: QWheelEvent) -> bool:
    touchpad = event.device().type() is QInputDevice.DeviceType.TouchPad
    return touchpad or not event.pixelDelta().isNull()
