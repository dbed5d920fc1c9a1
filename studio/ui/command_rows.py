"""Commands in a list: icon, name, where they are in the menus, and their keys at the right."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QStandardItem
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.app.action import Action
from studio.ui import theme

ROW = 34  # px
ID, PLACE, KEYS = (Qt.ItemDataRole.UserRole + i for i in range(3))


def searched_text(row: Action, action: QAction) -> str:
    """What a search looks through."""
    return f"{action.text()} {row.menu.replace('/', ' ')}".replace("…", "")


def command_item(row: Action, action: QAction) -> QStandardItem:
    """One row of a list with a `CommandDelegate`; its `ID` is the command's."""
    item = QStandardItem(action.icon(), action.text().rstrip("…"))
    item.setData(row.id, ID)
    item.setData(row.menu.replace("/", " › "), PLACE)
    item.setData(action.shortcut().toString(action.shortcut().SequenceFormat.NativeText), KEYS)
    item.setToolTip(action.toolTip())
    item.setEnabled(action.isEnabled())
    return item


class CommandDelegate(QStyledItemDelegate):
    """Paints the rows that `command_item` makes."""

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
        painter.drawText(beside, middle | Qt.AlignmentFlag.AlignLeft, str(index.data(PLACE)))
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, str(index.data(KEYS)))
