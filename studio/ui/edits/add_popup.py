"""The searchable list of edit operations."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFont, QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.ui import icons, theme
from studio.ui.edits.offer import EditOffer

_ID = int(Qt.ItemDataRole.UserRole)
_SIZE = QSize(280, 520)
_ROW = 28
_ICON = 18


class AddEditPopup(QFrame):
    """Search field over operations by group. Emits `chosen(str)`, an operation's id.

    Typing filters, the arrow keys walk, Enter takes, Escape closes.
    """

    chosen = Signal(str)

    def __init__(self, offers: Sequence[EditOffer], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("surface", "card")
        self._offers = offers
        self._recent: Sequence[str] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find an edit…")
        self.search.setAccessibleName("Find an edit")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setIconSize(QSize(_ICON, _ICON))
        self.list.setAccessibleName("Edits")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.resize(_SIZE)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.search.returnPressed.connect(self._take)
        self.list.itemClicked.connect(lambda _item: self._take())
        self._fill("")

    def open_below(self, anchor: QWidget, recent: Sequence[str] = ()) -> None:
        """Show it at the right end of `anchor`, inside the screen, ids of `recent` ones first."""
        self._recent = recent
        self.search.clear()
        self._fill("")
        corner = anchor.mapToGlobal(anchor.rect().bottomRight())
        screen = anchor.screen().availableGeometry()
        x = max(screen.left(), corner.x() - self.width())
        y = min(corner.y() + 4, screen.bottom() - self.height())
        self.move(QPoint(x, max(screen.top(), y)))
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def ids(self) -> list[str]:
        """The operations in view, in their order."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [str(item.data(_ID)) for item in items if item.data(_ID)]

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The arrow keys of the search field walk through the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            step = steps.get(Qt.Key(event.key()), 0)
            if step:
                self._walk(step)
                return True
        return False

    def _fill(self, text: str) -> None:
        """All edits by group, or what fits `text`, the best first."""
        self.list.clear()
        if not text:
            self._add_recent()
        ranked = [(rank, offer) for offer in self._offers if (rank := offer.rank(text)) is not None]
        group = ""
        for _, offer in sorted(ranked, key=lambda entry: entry[0]):
            if offer.group != group and not text:
                group = offer.group
                self.list.addItem(_heading(group))
            self.list.addItem(_entry(offer))
        self._walk(1)

    def _add_recent(self) -> None:
        known = {offer.id: offer for offer in self._offers}
        offers = [known[item] for item in self._recent if item in known]
        if offers:
            self.list.addItem(_heading("recently used"))
            for offer in offers:
                self.list.addItem(_entry(offer))

    def _walk(self, step: int) -> None:
        """To the next entry in a direction; headings are passed over."""
        row = self.list.currentRow() + step
        while 0 <= row < self.list.count():
            if self.list.item(row).data(_ID):
                self.list.setCurrentRow(row)
                return
            row += step

    def _take(self) -> None:
        if self.list.currentRow() >= 0:
            operation_id = str(self.list.currentItem().data(_ID))
            self.hide()
            self.chosen.emit(operation_id)


def _heading(group: str) -> QListWidgetItem:
    item = QListWidgetItem(group.capitalize())
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setForeground(theme.current().color("secondary"))
    font = QFont()
    font.setPixelSize(theme.SECONDARY_PX)
    font.setWeight(QFont.Weight.DemiBold)
    item.setFont(font)
    item.setSizeHint(QSize(0, _ROW))
    return item


def _quiet_icon(name: str) -> QIcon:
    """The icon in one color: a selected row is no button that is on."""
    drawing = icons.icon(name).pixmap(QSize(_ICON, _ICON), 2.0)
    quiet = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        quiet.addPixmap(drawing, mode)
    return quiet


def _entry(offer: EditOffer) -> QListWidgetItem:
    item = QListWidgetItem(_quiet_icon(offer.icon), offer.title)
    item.setToolTip(offer.tip)
    item.setData(_ID, offer.id)
    item.setSizeHint(QSize(0, _ROW))
    return item
