"""What is cropped, in which proportions, and how large it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from studio.app.cropping import RATIOS
from studio.ui import theme
from studio.ui.widgets.option_rows import CalmComboBox
from studio.ui.widgets.segmented_control import SegmentedControl

if TYPE_CHECKING:
    from studio.ui.canvas.tools.crop import CropTool

_TARGETS = {"canvas": "Canvas", "layer": "Layer"}


class CropOptions(QWidget):
    """Follows one crop tool."""

    def __init__(self, tool: CropTool, parent: QWidget) -> None:
        super().__init__(parent)
        self._tool = tool
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        targets = SegmentedControl(_TARGETS, tool.target, self)
        targets.setFixedWidth(150)
        targets.changed.connect(lambda target: tool.choose(target=target))
        self.ratios = CalmComboBox(self)
        self.ratios.addItems([ratio.title for ratio in RATIOS])
        self.ratios.setCurrentText(tool.ratio.title)
        self.ratios.setToolTip("Proportions of the frame")
        self.ratios.activated.connect(lambda index: tool.choose(ratio=RATIOS[index]))
        swap = self._button("Swap", lambda on: tool.choose(swapped=on))
        swap.setCheckable(True)
        swap.setChecked(tool.swapped)
        swap.setToolTip("Upright instead of wide, or the other way round")
        self._straighten = self._button("Straighten", self._draw_line)
        self._straighten.setCheckable(True)
        self._straighten.setToolTip("Then draw a line along a horizon, or along a wall")
        self._size = QLabel(self)
        self._size.setFont(theme.tabular_font())
        self._size.setProperty("role", "secondary")
        for widget in (targets, self.ratios, swap, self._straighten, self._size):
            row.addWidget(widget)
        row.addWidget(self._button("Apply", tool.apply, "primary"))
        row.addWidget(self._button("Reset", tool.cancel))
        self.refresh()

    def refresh(self) -> None:
        """Show the frame's size and whether a line is to be drawn."""
        width, height = self._tool.size()
        self._size.setText(f"{width} × {height} px")
        self._straighten.setChecked(self._tool.straightening)

    def _button(self, text: str, slot: object, kind: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("kind", kind)
        button.clicked.connect(slot)
        return button

    def _draw_line(self) -> None:
        self._tool.straightening = self._straighten.isChecked()
