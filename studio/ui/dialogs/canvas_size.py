"""The size of the canvas in px, mm or inches, and which side of the picture it grows from."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.canvas_size import SIDES, UNITS, CanvasSize, Side, Unit, converted
from studio.core.document import Document
from studio.ui.dialogs.sheet import Sheet
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.segmented_control import SegmentedControl

LARGEST = 32_768  # px a side
_FIELD = 104
_LABELS = ("Width", "Height", "Printed at")
_DIGITS: dict[Unit, float] = {"px": 1.0, "mm": 0.1, "in": 0.01}
_NAMES = (
    ("top left", "top", "top right"),
    ("left", "middle", "right"),
    ("bottom left", "bottom", "bottom right"),
)


class CanvasSizeSheet(Sheet):
    """Other units and resolutions leave the number of px alone.

    Emits `sized()` when another size is shown.
    """

    sized = Signal()

    def __init__(
        self,
        document: Document,
        parent: QWidget | None = None,
        title: str = "Canvas size",
        accept: str = "Apply",
    ) -> None:
        super().__init__(title, parent)
        self.setMinimumWidth(420)
        self._unit: Unit = "px"
        self._px = [document.width, document.height]
        self.sides = tuple(_field(name) for name in ("Width", "Height"))
        self.units = SegmentedControl({unit: unit for unit in UNITS}, "px")
        self.units.setAccessibleName("Unit")
        self.resolution = NumberField(
            NumberRange(1, 10_000, 1, "dpi", soft_high=1200), document.dpi
        )
        self.resolution.setFixedWidth(_FIELD)
        self.resolution.setAccessibleName("Resolution")
        self.anchors = QButtonGroup(self)
        self.form = QGridLayout()
        self.kept = self._anchor_grid()
        self.facts = QLabel()
        self.facts.setProperty("role", "secondary")
        self._lay_out()
        for index, field in enumerate(self.sides):
            field.committed.connect(partial(self._typed, index))
            field.changed.connect(partial(self._typed, index))
        self.units.changed.connect(self._set_unit)
        for signal in (self.resolution.changed, self.resolution.committed):
            signal.connect(lambda _dpi: self._show_sides())
        self.add_button("Cancel").clicked.connect(self.reject)
        self.add_button(accept, "primary").clicked.connect(self.accept)
        self._show_sides()

    @property
    def chosen(self) -> CanvasSize:
        column, row = divmod(self.anchors.checkedId(), len(SIDES))
        width, height = self._px
        return CanvasSize(width, height, self.resolution.value(), (SIDES[column], SIDES[row]))

    def show_size(self, size: CanvasSize) -> None:
        self._px = [size.width, size.height]
        self.resolution.set_value(size.dpi)
        self._show_sides()

    def _lay_out(self) -> None:
        form = self.form
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        rows = (
            ("Width", self.sides[0]),
            ("Height", self.sides[1]),
            ("Printed at", self.resolution),
        )
        for row, (text, field) in enumerate(rows, start=1):
            label = QLabel(text)
            field.attach(label)
            form.addWidget(label, row, 0)
            form.addWidget(field, row, 1)
        form.addWidget(self.units, 1, 2, Qt.AlignmentFlag.AlignLeft)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addLayout(form)
        columns.addStretch(1)
        columns.addWidget(self.kept)
        self.body.addLayout(columns)
        self.body.addWidget(self.facts)

    def _anchor_grid(self) -> QWidget:
        """Three by three buttons: the checked one is what stays."""
        grid = QGridLayout()
        grid.setSpacing(3)
        for column in SIDES:
            for row in SIDES:
                grid.addWidget(self._anchor(column, row), row, column)
        kept = QWidget()
        box = QVBoxLayout(kept)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(QLabel("Stays in place"))
        box.addLayout(grid)
        return kept

    def _anchor(self, column: Side, row: Side) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setFixedSize(26, 22)
        button.setProperty("kind", "anchor")
        button.setAccessibleName(f"Keep the {_NAMES[row][column]} in place")
        button.setToolTip(button.accessibleName())
        button.setChecked((column, row) == (1, 1))
        self.anchors.addButton(button, column * len(SIDES) + row)
        return button

    def _typed(self, index: int, value: float) -> None:
        px = round(converted(value, self._unit, "px", self.resolution.value()))
        self._px[index] = min(LARGEST, max(1, px))
        self._show_facts()

    def _set_unit(self, unit: Unit) -> None:
        self._unit = unit
        self._show_sides()

    def _show_sides(self) -> None:
        dpi, step = self.resolution.value(), _DIGITS[self._unit]
        high = converted(LARGEST, "px", self._unit, dpi)
        for px, field in zip(self._px, self.sides, strict=True):
            field.limits = NumberRange(step, high, step, self._unit)
            field.set_value(converted(px, "px", self._unit, dpi))
        self._show_facts()

    def _show_facts(self) -> None:
        """The same in the other units."""
        dpi = self.resolution.value()
        mm = [converted(px, "px", "mm", dpi) for px in self._px]
        inches = [converted(px, "px", "in", dpi) for px in self._px]
        self.facts.setText(
            f"{self._px[0]} × {self._px[1]} px · {mm[0]:.1f} × {mm[1]:.1f} mm"
            f" · {inches[0]:.2f} × {inches[1]:.2f} in"
        )
        self.sized.emit()


def _field(name: str) -> NumberField:
    field = NumberField(NumberRange(1, LARGEST, 1, "px"), 1)
    field.setFixedWidth(_FIELD)
    field.setAccessibleName(name)
    return field
