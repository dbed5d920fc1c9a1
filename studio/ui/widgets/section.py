"""A heading that folds what is below it: the studio has no group boxes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from studio.ui import icons


class Section(QWidget):
    """Owns a heading button and one content widget. Emits `toggled(bool)` when it is folded.

    `add_trailing` puts a link or a button at the right end of the heading.
    """

    toggled = Signal(bool)

    def __init__(
        self, title: str, content: QWidget, expanded: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.content = content
        self._button = QToolButton()
        self._button.setProperty("kind", "section")
        self._button.setText(title)
        self._button.setAccessibleName(title)
        self._button.setIconSize(QSize(12, 12))
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._heading = QHBoxLayout()
        self._heading.addWidget(self._button)
        self._heading.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._heading)
        column.addWidget(content)
        self._expanded = not expanded
        self._button.clicked.connect(self._toggle)
        self.set_expanded(expanded)

    def is_expanded(self) -> bool:
        return self._expanded

    def set_expanded(self, expanded: bool) -> None:
        """Unfold or fold the content."""
        if expanded != self._expanded:
            self._expanded = expanded
            self._button.setIcon(icons.icon("chevron-down" if expanded else "chevron-right"))
            self.content.setVisible(expanded)
            self.toggled.emit(expanded)

    def add_trailing(self, widget: QWidget) -> None:
        self._heading.addWidget(widget)

    def _toggle(self) -> None:
        self.set_expanded(not self._expanded)
