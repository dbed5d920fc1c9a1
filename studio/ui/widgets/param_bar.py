"""Declared parameters side by side in a bar: the options of a tool."""

from __future__ import annotations

from typing import Any, TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.core.params import ParamSpec, from_json, specs, to_json
from studio.ui import theme
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.option_rows import ChoiceRow
from studio.ui.widgets.param_form import Row, number_range, row_for

Control: TypeAlias = NumberField | Row


class ParamBar(QWidget):
    """One control for each parameter of `params`; emits `changed(params)` with all of them."""

    changed = Signal(object)

    def __init__(self, params: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._type = type(params)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        values = to_json(params)
        self._controls = {
            spec.name: self._add(spec, values[spec.name]) for spec in specs(self._type)
        }
        for control in self._controls.values():
            control.changed.connect(self._changed)

    def params(self) -> Any:
        """What is set."""
        return from_json(self._type, {name: c.value() for name, c in self._controls.items()})

    def set_params(self, params: Any) -> None:
        """Show other values; emits nothing."""
        values = to_json(params)
        for spec in specs(self._type):
            self._controls[spec.name].set_value(spec.coerce(values[spec.name]))

    def control(self, name: str) -> Control:
        """The control of one parameter.

        Raises:
            KeyError: there is no such parameter.
        """
        return self._controls[name]

    def _add(self, spec: ParamSpec, value: Any) -> Control:
        control: Control
        if spec.kind in ("int", "float"):
            control = self._number(spec, value)
        else:
            control = row_for(spec)
            control.set_value(spec.coerce(value))
            if isinstance(control, ChoiceRow):
                _tighten(control.caption)
            self._row.addWidget(control)
        self._row.addSpacing(6)
        return control

    def _number(self, spec: ParamSpec, value: float) -> NumberField:
        caption, field = QLabel(spec.label, self), NumberField(number_range(spec), value, self)
        caption.setProperty("role", "secondary")
        caption.setToolTip(spec.help)
        field.setToolTip(spec.help)
        field.attach(caption)
        self._row.addWidget(caption)
        self._row.addWidget(field)
        return field

    def _changed(self) -> None:
        self.changed.emit(self.params())


def _tighten(caption: QLabel) -> None:
    """In a bar captions stand close to what they name, in the tone of the others."""
    theme.restyle(caption, role="secondary")
    caption.setFixedWidth(caption.fontMetrics().horizontalAdvance(caption.text()) + 1)
