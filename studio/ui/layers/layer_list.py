"""The list of layers: selected rows are worked on, rows are dragged, renamed, hidden, folded."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from studio.app.studio import Studio
from studio.core.document import Group, Layer
from studio.ui.layers.layer_delegate import LayerDelegate
from studio.ui.layers.layer_model import LayerModel
from studio.ui.layers.listed_layer import RowPlaces, depth_at


class LayerList(QListView):
    """Follows and sets the active and the selected layers of the document session.

    Emits `opened(str)` with the id of a generated layer whose picture is double-clicked,
    `menu_requested(str, QPoint)` with a global position.
    """

    opened = Signal(str)
    menu_requested = Signal(str, QPoint)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._documents = studio.documents
        self._session = studio.layers
        self._pressing = False
        self.layers = LayerModel(studio, self)
        delegate = LayerDelegate(self)
        self.setModel(self.layers)
        self.setItemDelegate(delegate)
        self._set_behavior()
        delegate.eye_clicked.connect(self._toggle_visible)
        delegate.fold_clicked.connect(self._fold)
        delegate.target_clicked.connect(self._pick_target)
        delegate.mask_toggled.connect(lambda _id: self._session.toggle_mask())
        self.selectionModel().currentChanged.connect(self._picked)
        self.selectionModel().selectionChanged.connect(self._select)
        self.layers.rowsInserted.connect(self._show_active)
        self._documents.active_changed.connect(lambda _id: self._show_active())
        self._documents.target_changed.connect(self._show_selected)
        self.customContextMenuRequested.connect(self._ask_menu)
        self._show_active()

    def rename(self, layer_id: str) -> None:
        """Open the name for editing."""
        index = self.layers.index_of(layer_id)
        self.scrollTo(index)
        self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        layer_id = self._documents.active_id
        if self.state() is QAbstractItemView.State.EditingState:
            return  # the key that ends the editing of a name comes here too
        if layer_id and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._session.remove()
        elif layer_id and event.key() == Qt.Key.Key_F2:
            self.rename(layer_id)
        elif layer_id and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(layer_id)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The current row changes before the selection does: do not follow in between."""
        self._pressing = True
        super().mousePressEvent(event)
        self._pressing = False
        self._select()
        self._show_selected()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The picture of a generated layer opens in the explorer; a name is there to be changed."""
        index = self.indexAt(event.position().toPoint())
        super().mouseDoubleClickEvent(event)
        if index.isValid() and not event.isAccepted():
            return
        if index.isValid() and event.position().x() > _CONTROLS:
            layer = self.layers.layer_at(index)
            places = RowPlaces(self.visualRect(index), self.layers.row_at(index))
            if places.mask is not None and places.mask.contains(event.position()):
                return
            if places.thumbnail.contains(event.position()) and _is_generated(layer):
                self.opened.emit(layer.id)
            else:
                self.rename(layer.id)

    def _set_behavior(self) -> None:
        view = QAbstractItemView
        self.setSelectionMode(view.SelectionMode.ExtendedSelection)
        self.setEditTriggers(view.EditTrigger.NoEditTriggers)
        self.setDragDropMode(view.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDragDropOverwriteMode(False)
        self.setVerticalScrollMode(view.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName("Layers, the topmost first")

    def _picked(self, current: QModelIndex) -> None:
        if current.isValid():
            self._documents.set_active(self.layers.layer_at(current).id)

    def _show_active(self) -> None:
        """The layer may not be in the list yet: then `rowsInserted` comes here again."""
        index = self.layers.index_of(self._documents.active_id)
        if index != self.currentIndex():
            select = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(index, select)

    def _select(self) -> None:
        """The rows that a person selected are what is worked on; never none of them."""
        ids = [self.layers.layer_at(index).id for index in self.selectionModel().selectedRows()]
        if not ids or set(ids) == set(self._documents.selected_layers):
            return
        self._documents.select_layers(ids)
        current = self.currentIndex()
        if current.isValid() and self.layers.layer_at(current).id not in ids:
            self._documents.set_active(ids[-1])

    def _show_selected(self) -> None:
        if self._pressing:
            return
        wanted = QItemSelection()
        for layer_id in self._documents.selected_layers:
            index = self.layers.index_of(layer_id)
            if index.isValid():
                wanted.select(index, index)
        shown = {index.row() for index in self.selectionModel().selectedRows()}
        if shown != {index.row() for index in wanted.indexes()}:
            select = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().select(wanted, select)

    def dropEvent(self, event: QDropEvent) -> None:
        self.layers.drop_depth = depth_at(event.position().x())
        super().dropEvent(event)

    def _fold(self, group_id: str) -> None:
        """Hide or show what is in a group; what is worked on stays in view."""
        document = self._documents.document
        group = document.layer(group_id)
        assert isinstance(group, Group)
        inside = {layer.id for layer in document.branch(group_id)}
        if not group.collapsed and self._documents.active_id in inside:
            self._documents.set_active(group_id)
        self._session.set_collapsed(group_id, not group.collapsed)

    def _pick_target(self, layer_id: str, mask: bool) -> None:
        self._documents.set_active(layer_id)
        self._documents.set_mask_active(mask)

    def _toggle_visible(self, layer_id: str) -> None:
        visible = self._documents.document.layer(layer_id).visible
        self._session.set_visible(layer_id, not visible)

    def _ask_menu(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if index.isValid():
            layer_id = self.layers.layer_at(index).id
            self.menu_requested.emit(layer_id, self.viewport().mapToGlobal(position))


_CONTROLS = 36  # px at the left where a double-click means the eye


def _is_generated(layer: Layer) -> bool:
    return layer.provenance.kind == "generated" and layer.provenance.point is not None
