"""The narrow column of tools at the left; two columns where the window is low."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QToolBar, QToolButton, QWidget

WIDTH = 48
_BUTTON, _ICON, _GAP, _LINE = 32, 20, 4, 9  # px
_MARGIN = (WIDTH - _BUTTON) // 2


class ToolRail(QToolBar):
    """One button for each tool; the tools' actions know which is on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("bar:tools")
        self.setProperty("surface", "rail")
        self.setMovable(False)
        self.setFixedWidth(WIDTH)
        self.setOrientation(Qt.Orientation.Vertical)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    def fill(self, groups: Iterable[Iterable[QAction]]) -> None:
        """Add the tools, from the top, with a line between two groups."""
        shelf = _Shelf([[_button(action) for action in group] for group in groups])
        shelf.columns_changed.connect(self._widen)
        self.addWidget(shelf)

    def _widen(self, columns: int) -> None:
        self.setFixedWidth(WIDTH + (columns - 1) * (_BUTTON + _GAP))


class _Shelf(QWidget):
    """Groups of buttons in as many columns as they need; emits `columns_changed(int)`."""

    columns_changed = Signal(int)

    def __init__(self, groups: Sequence[Sequence[QToolButton]]) -> None:
        super().__init__()
        self._groups = groups
        self._columns = 1
        self._lines = [_line(self) for _ in groups[1:]]
        for group in groups:
            for button in group:
                button.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        return QSize(WIDTH, _BUTTON)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, self._height(1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = 1 if self._height(1) <= self.height() else 2
        self._arrange(columns)
        if columns != self._columns:
            self._columns = columns
            self.columns_changed.emit(columns)

    def _height(self, columns: int) -> int:
        rows = sum(-(-len(group) // columns) for group in self._groups)
        return _MARGIN + rows * (_BUTTON + _GAP) + len(self._lines) * _LINE

    def _arrange(self, columns: int) -> None:
        step, y = _BUTTON + _GAP, _MARGIN
        for number, group in enumerate(self._groups):
            if number:
                line = self._lines[number - 1]
                line.setGeometry(_MARGIN + 4, y + _LINE // 2 - _GAP // 2, columns * step - 12, 1)
                y += _LINE
            for place, button in enumerate(group):
                row, column = divmod(place, columns)
                button.move(_MARGIN + column * step, y + row * step)
            y += -(-len(group) // columns) * step


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setFixedSize(_BUTTON, _BUTTON)
    button.setIconSize(QSize(_ICON, _ICON))
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    action.changed.connect(partial(_tell_keys, action, button))
    _tell_keys(action, button)
    return button


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("surface", "line")
    return line


def _tell_keys(action: QAction, button: QToolButton) -> None:
    keys = action.shortcut().toString()
    button.setToolTip(f"{action.text()} ({keys})" if keys else action.text())
