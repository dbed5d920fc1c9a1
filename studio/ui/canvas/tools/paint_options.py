"""The options of a painting tool: the two colors, then what is its own."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.app.paint_box import PaintBox
from studio.ui.canvas.color_pair import ColorPair


class PaintOptions(QWidget):
    """Colors of the paint box and `further` options beside them."""

    def __init__(
        self, paint_box: PaintBox, further: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(ColorPair(paint_box, self))
        if further is not None:
            row.addWidget(further)
