"""The size of an empty canvas to begin with: a usual one, or any."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from studio.core.canvas_size import PRESETS, CanvasSize
from studio.core.document import Document
from studio.ui.dialogs.canvas_size import CanvasSizeSheet
from studio.ui.widgets.option_rows import CalmComboBox

_OTHER = "Other"


def ask_new_canvas(parent: QWidget | None) -> CanvasSize | None:
    """None if the person thought better of it."""
    sheet = NewCanvasSheet(parent)
    return sheet.chosen if sheet.exec() else None


class NewCanvasSheet(CanvasSizeSheet):
    """Usual sizes above the fields, which can be changed afterwards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Document(), parent, "New canvas", "Create")
        self.usual = CalmComboBox()
        self.usual.addItems([*PRESETS, _OTHER])
        self.usual.setAccessibleName("Usual sizes")
        self.form.addWidget(QLabel("Begin with"), 0, 0)
        self.form.addWidget(self.usual, 0, 1, 1, 2)
        self.kept.hide()
        self.usual.textActivated.connect(self._take)
        self.sized.connect(self._name_it)
        self.usual.setFocus()

    def _take(self, name: str) -> None:
        if name in PRESETS:
            self.show_size(PRESETS[name])

    def _name_it(self) -> None:
        names = {size: name for name, size in PRESETS.items()}
        self.usual.setCurrentText(names.get(self.chosen, _OTHER))
