"""A list of two-line rows with a picture: models, files. Only what is visible is painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPainterPath, QTextLayout
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.ui import icons, theme
from studio.ui.widgets.cover import cover

Index = QModelIndex | QPersistentModelIndex

_ROW_ROLE = int(Qt.ItemDataRole.UserRole)
_PAD = 6
_GAP = 10
_TITLE, _DETAIL = 18, 15  # px of a line
_NEW_LINE = "\u2028"  # what a text layout takes for one


@dataclass(frozen=True)
class Row:
    """What one row shows; `icon` stands in while there is no picture, `strong` marks the row."""

    title: str
    detail: str
    image: QImage | None = None
    icon: str = ""
    tip: str = ""
    strong: bool = False


class RowList(QListView):
    """Rows of equal height. `picture` is the side of their pictures in px, 0 for none.

    `detail_lines` is how many lines the second text may fill. Emits `picked(int)`, `opened(int)`
    on double-click or Enter, and `menu_requested(int, QPoint)` with a global position.
    """

    picked = Signal(int)
    opened = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(
        self, picture: int = 40, detail_lines: int = 1, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setItemDelegate(_RowDelegate(picture, detail_lines, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.activated.connect(lambda index: self.opened.emit(index.row()))
        self.clicked.connect(lambda index: self.picked.emit(index.row()))

    def count(self) -> int:
        return self._rows.rowCount()

    def row(self, place: int) -> Row:
        return self._rows.rows[place]

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these; the place that was current stays current where it still exists."""
        place = self.currentIndex().row()
        self._rows.replace(rows)
        if 0 <= place < len(rows):
            self.setCurrentIndex(self._rows.index(place))

    def set_image(self, place: int, image: QImage) -> None:
        self._rows.set_image(place, image)

    def row_height(self) -> int:
        return self.sizeHintForRow(0) if self.count() else 0

    def _ask_menu(self, position: QPoint) -> None:
        place = self.indexAt(position).row()
        if place >= 0:
            self.menu_requested.emit(place, self.viewport().mapToGlobal(position))


class _Rows(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == _ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.title}, {row.detail}"
        return None

    def replace(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def set_image(self, place: int, image: QImage) -> None:
        self.rows[place] = replace(self.rows[place], image=image)
        self.dataChanged.emit(self.index(place), self.index(place))


class _RowDelegate(QStyledItemDelegate):
    """Picture left, title over detail. The strong row has an accent bar at its left edge."""

    def __init__(self, picture: int, detail_lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = picture
        self._detail_lines = detail_lines

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(80, max(self._picture, self._text_height()) + 2 * _PAD)

    def _text_height(self) -> int:
        return _TITLE + _DETAIL * self._detail_lines

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect, state = theme.current(), option.rect, option.state
        row: Row = index.data(_ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            selected = state & QStyle.StateFlag.State_Selected
            painter.setBrush(look.color("selection" if selected else "field"))
            painter.drawRoundedRect(QRectF(rect).adjusted(0, 1, 0, -1), 5, 5)
        if row.strong:
            painter.setBrush(look.color("accent"))
            painter.drawRoundedRect(
                QRectF(rect.left(), rect.top() + 10, 3, rect.height() - 20), 1, 1
            )
        text = rect.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        if self._picture:
            side = self._picture
            self._paint_picture(painter, QRect(text.left(), text.top(), side, side), row)
            text.setLeft(text.left() + self._picture + _GAP)
        self._paint_texts(painter, text, row, look)
        painter.restore()

    def _paint_picture(self, painter: QPainter, square: QRect, row: Row) -> None:
        look = theme.current()
        path = QPainterPath()
        area = QRectF(square)
        path.addRoundedRect(area, 4, 4)
        painter.fillPath(path, look.color("well"))
        if row.image is not None:
            painter.setClipPath(path)
            painter.drawImage(area, row.image, cover(row.image, area))
            painter.setClipping(False)
        elif row.icon:
            ratio = painter.device().devicePixelRatioF()
            side = square.width() // 2
            inner = QRect(0, 0, side, side)
            inner.moveCenter(square.center())
            painter.drawPixmap(inner, icons.pixmap(row.icon, side, look.color("secondary"), ratio))

    def _paint_texts(self, painter: QPainter, rect: QRect, row: Row, look: theme.Theme) -> None:
        top = rect.top() + (rect.height() - self._text_height()) // 2
        font = theme.ui_font()
        font.setWeight(font.Weight.Medium)
        painter.setFont(font)
        painter.setPen(look.color("text"))
        line = QRect(rect.left(), top, rect.width(), _TITLE)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        title = painter.fontMetrics().elidedText(
            row.title, Qt.TextElideMode.ElideMiddle, line.width()
        )
        painter.drawText(line, left, title)
        font = theme.ui_font(theme.SECONDARY_PX)
        painter.setFont(font)
        painter.setPen(look.color("secondary"))
        line = QRect(rect.left(), top + _TITLE, rect.width(), _DETAIL)
        for text in elided_lines(row.detail, font, rect.width(), self._detail_lines):
            painter.drawText(line, left, text)
            line.translate(0, _DETAIL)


def elided_lines(text: str, font: QFont, width: int, lines: int) -> list[str]:
    """Break `text` into at most `lines` lines of `width` px; the last one ends in … if need be."""
    layout = QTextLayout(text.replace("\n", _NEW_LINE), font)
    layout.beginLayout()
    starts: list[int] = []
    while len(starts) < lines and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    metrics, elide = QFontMetrics(font), Qt.TextElideMode.ElideRight
    broken = (text[start:end].strip() for start, end in pairwise([*starts, len(text)]))
    return [metrics.elidedText(line, elide, width, Qt.TextFlag.TextSingleLine) for line in broken]
