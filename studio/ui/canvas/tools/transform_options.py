"""Place, size, angle and skew of what is transformed, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QWidget

from studio.ui.canvas import quad as quads
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange

if TYPE_CHECKING:
    from studio.ui.canvas.tools.transform import TransformTool

_PLACE = NumberRange(-65536, 65536, 0.1, "px")
_SIZE = NumberRange(-6400, 6400, 0.1, "%")
_ANGLE = NumberRange(-180, 180, 0.1, "°")
_SKEW = NumberRange(-80, 80, 0.1, "°")
_WIDE, _NARROW = 80, 66  # px
_FIELDS = (
    ("X", _PLACE, "Middle, across"),
    ("Y", _PLACE, "Middle, down"),
    ("W", _SIZE, "Width"),
    ("H", _SIZE, "Height"),
    ("Angle", _ANGLE, "Clockwise"),
    ("Skew", _SKEW, ""),
)


class TransformOptions(QWidget):
    """Shows the numbers of the tool's corners, and sets them."""

    def __init__(self, tool: TransformTool, parent: QWidget) -> None:
        super().__init__(parent)
        self._tool = tool
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._fields = tuple(self._field(*row) for row in _FIELDS)
        lock = QCheckBox("Proportional", self)
        lock.setChecked(tool.proportional)
        lock.setToolTip("Corners keep the proportions; Shift means the opposite")
        lock.toggled.connect(lambda on: setattr(tool, "proportional", on))
        self._row.addWidget(lock)
        for text, kind, slot in (
            ("Apply", "primary", tool.apply),
            ("Cancel", "", tool.cancel),
            ("Reset", "", tool.reset),
        ):
            button = QPushButton(text, self)
            button.setProperty("kind", kind)
            button.clicked.connect(slot)
            self._row.addWidget(button)
        self.refresh()

    def refresh(self) -> None:
        """Show where the corners are."""
        job, quad = self._tool.job, self._tool.quad
        self.setEnabled(job is not None)
        if job is not None and quad is not None:
            for field, value in zip(
                self._fields, quads.measures(QRectF(*job.base), quad), strict=True
            ):
                field.set_value(value)

    def _field(self, label: str, limits: NumberRange, tip: str) -> NumberField:
        caption, field = QLabel(label, self), NumberField(limits, parent=self)
        caption.setProperty("role", "secondary")
        field.setFixedWidth(_WIDE if limits is _PLACE else _NARROW)
        field.setToolTip(tip)
        field.attach(caption)
        field.changed.connect(lambda _value: self._set(field))
        self._row.addWidget(caption)
        self._row.addWidget(field)
        return field

    def _set(self, changed: NumberField) -> None:
        """Only the number that was changed: the others are rounded."""
        job, quad = self._tool.job, self._tool.quad
        if job is None or quad is None:
            return
        base = QRectF(*job.base)
        values = list(quads.measures(base, quad))
        at = self._fields.index(changed)
        before, values[at] = values[at], changed.value()
        if self._tool.proportional and at in (2, 3) and before:
            values[5 - at] *= changed.value() / before
        wanted = quads.Measures(*values)
        if wanted.width and wanted.height:
            self._tool.show(quads.measured(base, quad, wanted, self._tool.pivot))
