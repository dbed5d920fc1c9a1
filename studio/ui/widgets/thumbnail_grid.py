"""A grid of pictures that stays quick with thousands: only what is visible is painted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDrag, QImage, QKeyEvent, QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from studio.ui.widgets.thumbnail_delegate import IMAGE_ROLE, STAR_ROLE, ThumbnailDelegate, star_rect

Index = QModelIndex | QPersistentModelIndex


class ThumbnailGrid(QListView):
    """Pictures in `columns` equal columns that fill the width; wide ones in lower rows.

    Emits `picked(int)` when the current picture changes by hand, `opened(int)` on double-click or
    Enter, `star_toggled(int)` on the star or the S key, `menu_requested(int, QPoint)` with a global
    position (-1 beside the pictures), and `selection_changed()`.
    """

    picked = Signal(int)
    opened = Signal(int)
    star_toggled = Signal(int)
    menu_requested = Signal(int, QPoint)
    selection_changed = Signal()

    def __init__(
        self, columns: int = 4, multiple: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._mime: Callable[[int], QMimeData | None] | None = None
        self._pictures = _Pictures(self)
        self._quiet = False
        self.setModel(self._pictures)
        self.setItemDelegate(ThumbnailDelegate(self))
        self._set_behavior(multiple)
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self.customContextMenuRequested.connect(self._ask_menu)

    def count(self) -> int:
        return self._pictures.rowCount()

    def set_images(self, images: Sequence[QImage], tips: Sequence[str] = ()) -> None:
        """Show these; where their number stays the same, selection and place do too."""
        self._quiet = True
        self._pictures.replace(images, tips)
        self._quiet = False
        self._fit_cells()

    def append(self, images: Iterable[QImage]) -> None:
        self._pictures.append(list(images))
        self._fit_cells()

    def set_image(self, place: int, image: QImage) -> None:
        self._pictures.set_image(place, image)
        if place == 0:
            self._fit_cells()

    def image(self, place: int) -> QImage:
        return self._pictures.images[place]

    def set_columns(self, columns: int) -> None:
        if columns != self._columns:
            self._columns = columns
            self._fit_cells()

    def set_starred(self, places: Iterable[int]) -> None:
        """Which pictures wear a star; all others do not."""
        self._pictures.set_starred(set(places))

    def set_drag(self, mime: Callable[[int], QMimeData | None]) -> None:
        """Let pictures be dragged out; `mime` says what a picture carries."""
        self._mime = mime
        self.setDragEnabled(True)

    def current(self) -> int:
        """The place of the current picture, or -1."""
        return self.currentIndex().row()

    def set_current(self, place: int) -> None:
        """Make a picture the current one, -1 for none; emits no `picked`."""
        self._quiet = True
        if place < 0:
            self.clearSelection()
        self.setCurrentIndex(self._pictures.index(place))
        self._quiet = False

    def selected(self) -> list[int]:
        """The places of all selected pictures, in order."""
        return sorted(index.row() for index in self.selectedIndexes())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_cells()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self.current()
        if place >= 0 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(place)
        elif place >= 0 and event.key() == Qt.Key.Key_S and not event.modifiers():
            self.star_toggled.emit(place)
        elif event.text().isalnum():
            event.ignore()  # Qt would look for a picture of that name
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._is_star(index, event.position().toPoint()):
            self.star_toggled.emit(index.row())
        else:
            super().mousePressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        place = self.current()
        mime = self._mime(place) if self._mime and place >= 0 else None
        if mime is None:
            return
        drag = QDrag(self)
        drag.setMimeData(mime)
        side = self.gridSize().width()
        picture = QPixmap.fromImage(self.image(place))
        drag.setPixmap(picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio))
        drag.exec(Qt.DropAction.CopyAction)

    def _set_behavior(self, multiple: bool) -> None:
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if multiple else mode.SingleSelection)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragEnabled(False)
        self.setAccessibleName("Pictures")

    def _fit_cells(self) -> None:
        """Cells fill the width; a scroll bar's room is kept free, so that nothing jumps."""
        never = self.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        bar = 0 if never else self.verticalScrollBar().sizeHint().width()
        side = max(16, (self.maximumViewportSize().width() - bar - 1) // self._columns)
        cell = QSize(side, round(side * self._pictures.ratio()))
        if self.gridSize() != cell:
            self.setGridSize(cell)
            self.setIconSize(cell)

    def _is_star(self, index: QModelIndex, position: QPoint) -> bool:
        if not index.isValid() or index.data(STAR_ROLE) is None:
            return False
        return star_rect(self.visualRect(index)).contains(position)

    def _selection_changed(self) -> None:
        self.selection_changed.emit()

    def _current_changed(self, current: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self.picked.emit(current.row())

    def _ask_menu(self, position: QPoint) -> None:
        place = self.indexAt(position).row()
        self.menu_requested.emit(place, self.viewport().mapToGlobal(position))


class _Pictures(QAbstractListModel):
    """Pictures, their tooltips and their stars."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.images: list[QImage] = []
        self._tips: Sequence[str] = ()
        self._starred: set[int] | None = None

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.images)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        place = index.row()
        if role == IMAGE_ROLE:
            return self.images[place]
        if role == STAR_ROLE:
            return None if self._starred is None else place in self._starred
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._tips[place] if place < len(self._tips) else f"Picture {place + 1}"
        return None

    def replace(self, images: Sequence[QImage], tips: Sequence[str]) -> None:
        self._tips = tips
        if len(images) == len(self.images):
            self.images = list(images)
            self._all_changed()
            return
        self.beginResetModel()
        self.images = list(images)
        self.endResetModel()

    def append(self, images: list[QImage]) -> None:
        if images:
            first = len(self.images)
            self.beginInsertRows(QModelIndex(), first, first + len(images) - 1)
            self.images += images
            self.endInsertRows()

    def ratio(self) -> float:
        """Height to width of the cells that the pictures want: that of the first, at most 1."""
        first = self.images[0] if self.images else None
        return min(1.0, first.height() / first.width()) if first else 1.0

    def set_image(self, place: int, image: QImage) -> None:
        self.images[place] = image
        self.dataChanged.emit(self.index(place), self.index(place))

    def set_starred(self, places: set[int]) -> None:
        self._starred = places
        self._all_changed()

    def _all_changed(self) -> None:
        if self.images:
            self.dataChanged.emit(self.index(0), self.index(len(self.images) - 1))
