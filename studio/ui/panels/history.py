"""History: every step, and a click goes back or forward to it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent, QUndoStack
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QUndoView,
    QWidget,
)

from studio.app.studio import Studio
from studio.ui import theme
from studio.ui.panel import PanelInfo

_ROW = 28
_MARGIN = 14


class HistoryPanel(QUndoView):
    """The one undo stack, oldest first; what was undone is grey until it is redone or replaced."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio.documents.undo_stack, parent)
        self.setEmptyLabel("Start")
        self.setItemDelegate(_HistoryDelegate(studio.documents.undo_stack, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QUndoView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setAccessibleName("History")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where one is stays in view, also when the panel comes to light."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.scrollTo(self.currentIndex())


class _HistoryDelegate(QStyledItemDelegate):
    def __init__(self, stack: QUndoStack, parent: QWidget) -> None:
        super().__init__(parent)
        self._stack = stack

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(120, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        look = theme.current()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.fillRect(option.rect, look.color("selection" if selected else "field"))
        undone = index.row() > self._stack.index()
        painter.setFont(option.font)
        painter.setPen(look.color("secondary" if undone else "text"))
        rect = option.rect.adjusted(_MARGIN, 0, -_MARGIN, 0)
        text = option.fontMetrics.elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter), text)


PANEL = PanelInfo("history", "History", "history", "right middle", 1, HistoryPanel)
