"""Place, size and angle of the active layer as numbers."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.app.layer_transform import LayerBox, fit_layer, turn_layer
from studio.core.document import Group, Layer
from studio.core.image import Rect
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange

_PLACE = NumberRange(-65536, 65536, 1, "px")
_SIZE = NumberRange(1, 65536, 1, "px")
_ANGLE = NumberRange(-180, 180, 0.1, "°")
_OF_GROUP = "A group has no size of its own: Free Transform (Ctrl+T) scales and turns all in it"


class MoveOptions(QWidget):
    """Shows where the active layer appears; follows the session and the renderer."""

    def __init__(
        self, session: DocumentSession, renderer: CanvasRenderer, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._renderer = renderer
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._x = self._field("X", _PLACE)
        self._y = self._field("Y", _PLACE)
        self._width = self._field("W", _SIZE)
        self._height = self._field("H", _SIZE)
        self._angle = self._field("Angle", _ANGLE)
        for field in (self._x, self._y):
            field.changed.connect(self._move)
        self._width.changed.connect(self._fit)
        self._height.changed.connect(self._fit)
        self._angle.changed.connect(self._turn)
        session.changed.connect(self._refresh)
        session.active_changed.connect(self._refresh)
        renderer.forms_changed.connect(self._refresh)
        self._refresh()

    def _field(self, label: str, limits: NumberRange) -> NumberField:
        caption, field = QLabel(label, self), NumberField(limits, parent=self)
        caption.setProperty("role", "secondary")
        field.attach(caption)
        field.committed.connect(self._session.end_gesture)
        self._row.addWidget(caption)
        self._row.addWidget(field)
        self._row.addSpacing(6)
        return field

    def _refresh(self) -> None:
        seen = self._seen()
        hold_back(self, "" if seen is not None else "Choose a layer that has pixels.")
        if seen is None:
            return
        layer, box = seen
        for field in (self._width, self._height, self._angle):
            hold_back(field, _OF_GROUP if isinstance(layer, Group) else "")
        fields = (self._x, self._y, self._width, self._height)
        for field, value in zip(fields, box.rect, strict=True):
            field.set_value(value)
        self._angle.set_value(box.angle)

    def _seen(self) -> tuple[Layer, LayerBox] | None:
        layer = self._session.active_layer
        return None if layer is None else (layer, self._renderer.rendered_box(layer))

    def _move(self) -> None:
        seen = self._seen()
        if seen is not None:
            layer, (rect, _) = seen
            dx, dy = round(self._x.value()) - rect.x, round(self._y.value()) - rect.y
            self._session.move_layer(layer.id, layer.x + dx, layer.y + dy)

    def _fit(self) -> None:
        seen = self._seen()
        if seen is not None:
            layer, (rect, _) = seen
            size = round(self._width.value()), round(self._height.value())
            fit_layer(self._session, layer, rect, Rect(rect.x, rect.y, *size))

    def _turn(self, angle: float) -> None:
        layer = self._session.active_layer
        if layer is not None:
            turn_layer(self._session, layer, angle)
