"""Ctrl+K: every command by its name, without the mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent, QStandardItemModel
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from studio.ui.action_set import ActionSet
from studio.ui.command_rows import ID, ROW, CommandDelegate, command_item, searched_text
from studio.ui.fuzzy import score

WIDTH, ROWS_SHOWN = 560, 11
_TOP = 96  # px below the window's top edge
_UNUSABLE = -1000.0  # what cannot be done now comes last


class CommandPalette(QFrame):
    """A popup: type, Up and Down, Enter. Runs the command through the window's actions."""

    def __init__(self, actions: ActionSet, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self._actions = actions
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("surface", "card")
        self.setFixedWidth(WIDTH)
        self.field = QLineEdit(placeholderText="Find a command")
        self.field.setProperty("kind", "search")
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(CommandDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.nothing = QLabel("No command has these words. Try fewer, or others.")
        self.nothing.setProperty("role", "secondary")
        self.nothing.setContentsMargins(8, 0, 8, 8)
        column.addWidget(self.nothing)

    def open(self) -> None:
        """Show all commands, at the top of the window's middle."""
        self._search("")
        corner = self._window.mapToGlobal(self._window.rect().topLeft())
        self.move(corner.x() + (self._window.width() - self.width()) // 2, corner.y() + _TOP)
        self.show()
        self.field.setFocus()

    def shown_ids(self) -> list[str]:
        """The commands in the list, best first."""
        return [self._model.item(row).data(ID) for row in range(self._model.rowCount())]

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self._select((self.list.currentIndex().row() + step) % max(1, self._model.rowCount()))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
            return True
        return False

    def _search(self, text: str) -> None:
        self._actions.refresh()
        found = []
        for row, action in self._actions:
            points = score(text, searched_text(row, action))
            if points is not None and row.id != "help.palette":
                found.append((points + (0 if action.isEnabled() else _UNUSABLE), row, action))
        found.sort(key=lambda entry: -entry[0])
        self._model.clear()
        for _, row, action in found:
            self._model.appendRow(command_item(row, action))
        self.list.setFixedHeight(ROW * min(ROWS_SHOWN, len(found)))
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self.adjustSize()
        self._select(0)

    def _select(self, row: int) -> None:
        self.list.setCurrentIndex(self._model.index(row, 0))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            action_id = index.data(ID)
            if self._actions[action_id].isEnabled():
                self.close()
                self._actions.run(action_id)
