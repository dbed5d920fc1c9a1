"""How large a drawing without pixels of its own becomes."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from studio.ui.dialogs.sheet import Sheet
from studio.ui.widgets.number_field import NumberField
from studio.ui.widgets.number_range import NumberRange

_COMMON = (256, 512, 1024, 2048, 4096)
_LARGEST = 16_384


class DrawingSizeSheet(Sheet):
    """`longest` is the longest side in px."""

    def __init__(self, name: str, px: int, parent: QWidget | None = None) -> None:
        super().__init__(
            "Size of the drawing", parent, f"“{name}” is made of shapes and is sharp at any size."
        )
        self.setMinimumWidth(420)
        self.field = NumberField(NumberRange(1, _LARGEST, 1, "px", soft_high=4096), px)
        self.field.setFixedWidth(96)
        self.field.setAccessibleName("Longest side")
        label = QLabel("Longest side")
        self.field.attach(label)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.field)
        row.addStretch(1)
        presets = QHBoxLayout()
        presets.setSpacing(6)
        for side in _COMMON:
            button = QPushButton(f"{side}")
            button.setAutoDefault(False)
            button.clicked.connect(partial(self.field.set_value, side))
            presets.addWidget(button)
        self.body.addLayout(row)
        self.body.addLayout(presets)
        self.add_button("Cancel").clicked.connect(self.reject)
        self.add_button("Place", "primary").clicked.connect(self.accept)

    @property
    def longest(self) -> int:
        return round(self.field.value())
