"""Foreground and background color side by side, with a button that swaps them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.app.paint_box import PaintBox
from studio.core.param_values import Color
from studio.ui.widgets.color_button import ColorButton
from studio.ui.widgets.icon_button import IconButton


class ColorPair(QWidget):
    """Shows and sets the colors of the paint box."""

    def __init__(self, paint_box: PaintBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paint_box = paint_box
        self.foreground = ColorButton(paint_box.foreground, self)
        self.background = ColorButton(paint_box.background, self)
        swap = IconButton("swap", "Swap colors (X)", self)
        swap.clicked.connect(paint_box.swap)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        names = ("Foreground color", "Swap", "Background color")
        for name, widget in zip(names, (self.foreground, swap, self.background), strict=True):
            widget.setAccessibleName(name)
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the canvas
            row.addWidget(widget)
        self.foreground.setToolTip("Foreground color (X swaps, D resets)")
        self.background.setToolTip("Background color")
        self.foreground.changed.connect(paint_box.set_foreground)
        self.background.changed.connect(paint_box.set_background)
        for button in (self.foreground, self.background):
            button.committed.connect(paint_box.remember)
        paint_box.colors_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        box = self._paint_box
        shown: tuple[tuple[ColorButton, Color], ...] = (
            (self.foreground, box.foreground),
            (self.background, box.background),
        )
        for button, color in shown:
            button.set_color(color)
            button.recent = box.recent
