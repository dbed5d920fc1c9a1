"""A form made from declared parameters: a row for each, the rare ones folded away."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.document import Layer
from studio.core.params import ParamKind, ParamSpec, plain
from studio.ui.widgets.color_button import ColorRow
from studio.ui.widgets.curve_row import CurveRow
from studio.ui.widgets.gradient_row import GradientRow
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.layer_row import LayerRow
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.option_rows import CheckRow, ChoiceRow
from studio.ui.widgets.palette_row import PaletteRow
from studio.ui.widgets.section import Section

Row = (
    LabeledSlider | CheckRow | ChoiceRow | ColorRow | CurveRow | GradientRow | PaletteRow | LayerRow
)
_TINTS = {"red": "#e5484d", "green": "#46a758", "blue": "#4c8dff"}  # of curves for one channel


class ParamForm(QWidget):
    """One row for each spec, in their order; `advanced` ones in a folded section at the end.

    Emits `changed(dict)` while a value moves and `committed(dict)` when a change is complete: both
    carry all values, ready for JSON.
    """

    changed = Signal(dict)
    committed = Signal(dict)

    def __init__(
        self,
        specs: Sequence[ParamSpec],
        values: Mapping[str, Any] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._specs = tuple(specs)
        self._rows: dict[str, Row] = {spec.name: row_for(spec) for spec in self._specs}
        for row in self._rows.values():
            row.changed.connect(self._changed)
            row.committed.connect(self._committed)
        self._lay_out()
        self.set_values(values or {})

    def values(self) -> dict[str, Any]:
        """Every value by its name; colors as lists, as in JSON."""
        return {spec.name: _plain(spec, self._rows[spec.name].value()) for spec in self._specs}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show other values; what is missing stays. Emits nothing.

        Raises:
            StudioError: a value that is not legal.
        """
        for spec in self._specs:
            if spec.name in values:
                self._rows[spec.name].set_value(spec.coerce(values[spec.name]))

    def row(self, name: str) -> Row:
        """The row of one parameter.

        Raises:
            KeyError: there is no such parameter.
        """
        return self._rows[name]

    def offer_layers(self, layers: Sequence[Layer]) -> None:
        """Say which layers there are to choose from, where a parameter is one."""
        for row in self._rows.values():
            if isinstance(row, LayerRow):
                row.offer(layers)

    def _lay_out(self) -> None:
        column = _column(self, [s for s in self._specs if not s.advanced], self._rows)
        rare = [spec for spec in self._specs if spec.advanced]
        if rare:
            inner = QWidget()
            _column(inner, rare, self._rows)
            column.addWidget(Section("More", inner, expanded=False))

    def _changed(self) -> None:
        self.changed.emit(self.values())

    def _committed(self) -> None:
        self.committed.emit(self.values())


def row_for(spec: ParamSpec) -> Row:
    """The control that suits a parameter, showing its default."""
    if spec.kind == "choice":
        return ChoiceRow(spec.label, spec.choices, spec.default, spec.help)
    if spec.kind == "curve":
        return CurveRow(spec.label, spec.default, spec.help, _TINTS.get(spec.name, ""))
    if spec.kind in _ROWS:
        return _ROWS[spec.kind](spec.label, spec.default, spec.help)
    return LabeledSlider(spec.label, number_range(spec), spec.default, tip=spec.help)


_ROWS: Mapping[ParamKind, Callable[[str, Any, str], Row]] = {
    "bool": CheckRow,
    "color": ColorRow,
    "gradient": GradientRow,
    "palette": PaletteRow,
    "layer": LayerRow,
}


def number_range(spec: ParamSpec) -> NumberRange:
    """The limits of a number; where no step is declared, about a two-hundredth of the range."""
    low = -math.inf if spec.low is None else spec.low
    high = math.inf if spec.high is None else spec.high
    end = high if spec.soft_high is None else spec.soft_high
    step = spec.step or (1.0 if spec.kind == "int" else _fine_step(end - low))
    return NumberRange(low, high, step, spec.unit, spec.soft_high)


def _fine_step(width: float) -> float:
    if not math.isfinite(width) or width <= 0:
        return 0.01
    return float(10.0 ** round(math.log10(width / 200)))


def _plain(spec: ParamSpec, value: Any) -> Any:
    if spec.kind == "int":
        return round(value)
    return plain(value)


def _column(parent: QWidget, specs: Sequence[ParamSpec], rows: Mapping[str, Row]) -> QVBoxLayout:
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    for spec in specs:
        column.addWidget(rows[spec.name])
    return column
