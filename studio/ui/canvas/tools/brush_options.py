"""The brush of a tool as numbers, in the options bar."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.app.paint_box import PaintBox
from studio.core.painting.brush import Brush
from studio.core.params import ParamSpec, specs
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.param_form import number_range

_PERCENT = NumberRange(0, 100, 1, "%")


class BrushOptions(QWidget):
    """A field for each number of the brush, a button for each switch; follows the paint box."""

    def __init__(self, paint_box: PaintBox, tool_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paint_box = paint_box
        self._tool_id = tool_id
        self._fields: dict[str, NumberField] = {}
        self._switches: dict[str, IconButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        for spec in specs(Brush):
            if spec.kind == "bool":
                self._add_switch(spec)
            else:
                self._add_field(spec)
        paint_box.brush_changed.connect(self._refresh)
        self._refresh(tool_id)

    def _add_field(self, spec: ParamSpec) -> None:
        caption = QLabel(spec.label, self)
        caption.setProperty("role", "secondary")
        field = NumberField(number_range(spec) if spec.unit else _PERCENT, parent=self)
        field.setAccessibleName(spec.label)
        field.attach(caption)
        factor = 1.0 if spec.unit else 0.01
        field.changed.connect(lambda value: self._change(spec, value * factor))
        self._fields[spec.name] = field
        self._row.addWidget(caption)
        self._row.addWidget(field)
        self._row.addSpacing(6)

    def _add_switch(self, spec: ParamSpec) -> None:
        button = IconButton(spec.name.replace("_", "-"), spec.label, self)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.toggled.connect(lambda on: self._change(spec, on))
        self._switches[spec.name] = button
        self._row.addWidget(button)

    def _change(self, spec: ParamSpec, value: object) -> None:
        brush = self._paint_box.brush(self._tool_id)
        changed = replace(brush, **{spec.name: spec.coerce(value)})
        self._paint_box.set_brush(self._tool_id, changed)

    def _refresh(self, tool_id: str) -> None:
        if tool_id != self._tool_id:
            return
        brush = self._paint_box.brush(tool_id)
        for name, field in self._fields.items():
            percent = field.limits is _PERCENT
            field.set_value(getattr(brush, name) * (100.0 if percent else 1.0))
        for name, button in self._switches.items():
            button.setChecked(getattr(brush, name))
