"""The narrow column of tools at the left."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

WIDTH = 48
_BUTTON, _ICON = 32, 20


class ToolRail(QToolBar):
    """One button for each tool; the tools' actions know which is on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("bar:tools")
        self.setProperty("surface", "rail")
        self.setMovable(False)
        self.setFixedWidth(WIDTH)
        self.setOrientation(Qt.Orientation.Vertical)
        self.setIconSize(QSize(_ICON, _ICON))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    def fill(self, groups: Iterable[Iterable[QAction]]) -> None:
        """Add the tools, from the top, with a line between two groups."""
        for group in groups:
            if self.actions():
                self.addSeparator()
            self._add(group)

    def _add(self, tools: Iterable[QAction]) -> None:
        for action in tools:
            self.addAction(action)
            button = self.widgetForAction(action)
            assert isinstance(button, QToolButton)
            button.setFixedSize(_BUTTON, _BUTTON)
            action.changed.connect(partial(_tell_keys, action, button))
            _tell_keys(action, button)


def _tell_keys(action: QAction, button: QToolButton) -> None:
    keys = action.shortcut().toString()
    button.setToolTip(f"{action.text()} ({keys})" if keys else action.text())
