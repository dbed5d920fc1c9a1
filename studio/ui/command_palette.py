"""Ctrl+K: every command by its name, without the mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.action import Action
from studio.ui import theme
from studio.ui.action_set import ActionSet
from studio.ui.fuzzy import score

WIDTH, ROW, ROWS_SHOWN = 560, 34, 11
_TOP = 96  # px below the window's top edge
_UNUSABLE = -1000.0  # what cannot be done now comes last
_ID, _PLACE, _KEYS = (Qt.ItemDataRole.UserRole + i for i in range(3))


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
        self.list.setItemDelegate(_RowDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.list)

    def open(self) -> None:
        """Show all commands, at the top of the window's middle."""
        self._search("")
        corner = self._window.mapToGlobal(self._window.rect().topLeft())
        self.move(corner.x() + (self._window.width() - self.width()) // 2, corner.y() + _TOP)
        self.show()
        self.field.setFocus()

    def shown_ids(self) -> list[str]:
        """The commands in the list, best first."""
        return [self._model.item(row).data(_ID) for row in range(self._model.rowCount())]

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
            points = score(text, _searched(row, action))
            if points is not None and row.id != "help.palette":
                found.append((points + (0 if action.isEnabled() else _UNUSABLE), row, action))
        found.sort(key=lambda entry: -entry[0])
        self._model.clear()
        for _, row, action in found:
            self._model.appendRow(_item(row, action))
        self.list.setFixedHeight(ROW * min(ROWS_SHOWN, max(1, len(found))))
        self.adjustSize()
        self._select(0)

    def _select(self, row: int) -> None:
        self.list.setCurrentIndex(self._model.index(row, 0))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            action_id = index.data(_ID)
            if self._actions[action_id].isEnabled():
                self.close()
                self._actions.run(action_id)


def _searched(row: Action, action: QAction) -> str:
    return f"{action.text()} {row.menu.replace('/', ' ')}".replace("…", "")


def _item(row: Action, action: QAction) -> QStandardItem:
    item = QStandardItem(action.icon(), action.text().rstrip("…"))
    item.setData(row.id, _ID)
    item.setData(row.menu.replace("/", " › "), _PLACE)
    item.setData(action.shortcut().toString(action.shortcut().SequenceFormat.NativeText), _KEYS)
    item.setToolTip(action.toolTip())
    item.setEnabled(action.isEnabled())
    return item


class _RowDelegate(QStyledItemDelegate):
    """Icon, name, where it is in the menus, and the keys at the right."""

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(option.rect.width(), ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        colors = theme.current()
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        area = option.rect
        if selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.color("selection"))
            painter.drawRoundedRect(area, 5, 5)
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        mode = QIcon.Mode.Normal if enabled else QIcon.Mode.Disabled
        if isinstance(icon, QIcon):
            icon.paint(painter, QRect(area.x() + 10, area.y() + 8, 18, 18), mode=mode)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        inner = area.adjusted(40, 0, -10, 0)
        painter.setFont(theme.ui_font())
        painter.setPen(colors.color("text" if enabled else "disabled"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, text)
        width = painter.fontMetrics().horizontalAdvance(text)
        painter.setFont(theme.ui_font(theme.SECONDARY_PX))
        painter.setPen(colors.color("secondary" if enabled else "disabled"))
        beside = inner.adjusted(width + 12, 0, 0, 0)
        painter.drawText(beside, middle | Qt.AlignmentFlag.AlignLeft, str(index.data(_PLACE)))
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, str(index.data(_KEYS)))
