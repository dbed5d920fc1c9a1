"""Label, slim slider and number field in one row: how every number of the studio is set."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.ui.widgets.captions import caption, captioned_row
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.slim_slider import SlimSlider


class LabeledSlider(QWidget):
    """One number. Drag the label to scrub, double-click label or slider to reset to `default`.

    A range without limits has no slider. Emits `changed(float)` while the number moves and
    `committed(float)` when a change is complete.
    """

    changed = Signal(float)
    committed = Signal(float)

    def __init__(
        self,
        label: str,
        limits: NumberRange,
        value: float,
        default: float | None = None,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.default = value if default is None else default
        self.label = caption(label)
        self.slider = SlimSlider(limits, value)
        self.field = NumberField(limits, value)
        self._name(label, tip)
        self._lay_out(limits)
        self.slider.setVisible(limits.is_finite)  # without a parent it would be a window
        self._connect()

    def value(self) -> float:
        return self.field.value()

    def set_value(self, value: float) -> None:
        """Show another value; emits nothing."""
        self.slider.set_value(value)
        self.field.set_value(value)

    def set_limits(self, limits: NumberRange, default: float) -> None:
        """Another range, and the number to reset to."""
        self.default = default
        self.slider.limits = self.field.limits = limits
        self.set_value(self.value())

    def reset(self) -> None:
        """Back to the default, as one complete change."""
        if self.value() != self.field.limits.legal(self.default):
            self.set_value(self.default)
            self.changed.emit(self.value())
            self.committed.emit(self.value())

    def _name(self, label: str, tip: str) -> None:
        self.slider.setAccessibleName(label)
        self.field.setAccessibleName(label)
        self.setFocusProxy(self.slider if self.slider.limits.is_finite else self.field)
        self.setToolTip(tip)

    def _lay_out(self, limits: NumberRange) -> None:
        row = captioned_row(self.label, self)
        row.addWidget(self.slider, 1)
        if not limits.is_finite:
            row.addStretch(1)
        row.addWidget(self.field)
        self.setFixedHeight(28)

    def _connect(self) -> None:
        self.field.attach(self.label).double_clicked.connect(self.reset)
        self.slider.reset_requested.connect(self.reset)
        self.slider.changed.connect(self.field.set_value)
        self.field.changed.connect(self.slider.set_value)
        for part in (self.slider, self.field):
            part.changed.connect(self.changed)
            part.committed.connect(self.committed)
