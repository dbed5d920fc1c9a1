"""The list of layers: selection is the active layer, rows are dragged, renamed, hidden."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from studio.app.studio import Studio
from studio.core.document import Layer
from studio.ui.layers.layer_delegate import LayerDelegate, thumbnail_rect
from studio.ui.layers.layer_model import LayerModel


class LayerList(QListView):
    """Follows and sets the active layer of the document session.

    Emits `opened(str)` with the id of a generated layer whose picture is double-clicked,
    `menu_requested(str, QPoint)` with a global position.
    """

    opened = Signal(str)
    menu_requested = Signal(str, QPoint)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._documents = studio.documents
        self.layers = LayerModel(studio, self)
        delegate = LayerDelegate(self)
        self.setModel(self.layers)
        self.setItemDelegate(delegate)
        self._set_behavior()
        delegate.eye_clicked.connect(self._toggle_visible)
        self.selectionModel().currentChanged.connect(self._picked)
        self.layers.rowsInserted.connect(self._show_active)
        self._documents.active_changed.connect(lambda _id: self._show_active())
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
            self._documents.remove_layer(layer_id)
        elif layer_id and event.key() == Qt.Key.Key_F2:
            self.rename(layer_id)
        elif layer_id and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(layer_id)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The picture of a generated layer opens in the explorer; a name is there to be changed."""
        index = self.indexAt(event.position().toPoint())
        super().mouseDoubleClickEvent(event)
        if index.isValid() and not event.isAccepted():
            return
        if index.isValid() and event.position().x() > _CONTROLS:
            layer = self.layers.layer_at(index)
            on_picture = thumbnail_rect(self.visualRect(index)).contains(event.position())
            if on_picture and _is_generated(layer):
                self.opened.emit(layer.id)
            else:
                self.rename(layer.id)

    def _set_behavior(self) -> None:
        view = QAbstractItemView
        self.setSelectionMode(view.SelectionMode.SingleSelection)
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

    def _toggle_visible(self, layer_id: str) -> None:
        visible = self._documents.document.layer(layer_id).visible
        self._documents.set_visible(layer_id, not visible)

    def _ask_menu(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if index.isValid():
            layer_id = self.layers.layer_at(index).id
            self.menu_requested.emit(layer_id, self.viewport().mapToGlobal(position))


_CONTROLS = 36  # px at the left where a double-click means the eye


def _is_generated(layer: Layer) -> bool:
    return layer.provenance.kind == "generated" and layer.provenance.point is not None
