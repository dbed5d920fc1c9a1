"""The bar above the canvas with the options of the tool that is on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolBar, QWidget

from studio.ui.canvas.view import CanvasView
from studio.ui.tool_rail import WIDTH

HEIGHT = 42


class OptionsBar(QToolBar):
    """Shows the active tool's name and its options; follows the canvas."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__("Tool options")
        self._canvas = canvas
        self._options: QWidget | None = None
        self._name = QLabel()
        self.setObjectName("bar:options")
        self.setProperty("surface", "options")
        self.setMovable(False)
        self.setFixedHeight(HEIGHT)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        body = QWidget()
        self._row = QHBoxLayout(body)
        self._row.setContentsMargins(WIDTH + 10, 0, 14, 0)
        self._row.setSpacing(16)
        self._row.addWidget(self._name)
        self._row.addStretch(1)
        self.addWidget(body)
        canvas.tool_changed.connect(self._show_tool)
        self._show_tool()

    @property
    def options(self) -> QWidget | None:
        """The options that are shown; None where the tool has none."""
        return self._options

    def _show_tool(self) -> None:
        if self._options is not None:
            self._row.removeWidget(self._options)
            self._options.deleteLater()
        self._name.setText(self._canvas.tool_info.title)
        self._options = self._canvas.tool.options(self)
        if self._options is not None:
            self._row.insertWidget(1, self._options)
