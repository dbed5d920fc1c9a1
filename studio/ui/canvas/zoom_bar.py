"""The floating zoom control at the canvas's bottom right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from studio.ui import theme


class ZoomBar(QWidget):
    """Minus, percent, plus, fit, 1:1.

    Emits `zoomed_in()`, `zoomed_out()`, `fitted()` and `zoom_wanted(float)`.
    """

    zoomed_in = Signal()
    zoomed_out = Signal()
    fitted = Signal()
    zoom_wanted = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._percent = self._button("", "Actual size")
        self._percent.setFont(theme.tabular_font())
        self._percent.setMinimumWidth(68)
        minus, plus = self._button("−", "Zoom out"), self._button("+", "Zoom in")
        fit, actual = self._button("Fit", "Fit the whole picture"), self._button("1:1", "100 %")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        layout.setSpacing(0)
        for button in (minus, self._percent, plus, fit, actual):
            layout.addWidget(button)
        minus.clicked.connect(self.zoomed_out)
        plus.clicked.connect(self.zoomed_in)
        fit.clicked.connect(self.fitted)
        for button in (self._percent, actual):
            button.clicked.connect(self._want_actual_size)

    def show_zoom(self, zoom: float) -> None:
        self._percent.setText(percent(zoom))

    def _want_actual_size(self) -> None:
        self.zoom_wanted.emit(1.0)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setProperty("kind", "quiet")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button


def percent(zoom: float) -> str:
    """``72 %``; one decimal where it matters."""
    value = zoom * 100
    return f"{value:.1f} %" if value < 10 else f"{value:.0f} %"
