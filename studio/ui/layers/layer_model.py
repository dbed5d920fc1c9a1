"""The document's layers as a Qt model, topmost first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from studio.app.studio import Studio
from studio.core.change import DocumentChange
from studio.core.document import Layer

LAYER_ROLE = int(Qt.ItemDataRole.UserRole)
THUMBNAIL_ROLE = LAYER_ROLE + 1
LAYER_MIME = "application/x-studio-layer"

Index = QModelIndex | QPersistentModelIndex


class LayerModel(QAbstractListModel):
    """Follows the document with the smallest change that says what happened.

    So the view keeps its selection, its scroll position and an open editor while a slider moves.
    Renaming and dropping a row go to the document session.
    """

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._documents = studio.documents
        self._canvas = studio.canvas
        self._layers: list[Layer] = list(reversed(studio.documents.document.layers))
        studio.documents.changed.connect(self._follow)
        studio.canvas.thumbnail_changed.connect(self._thumbnail_changed)

    def layer_at(self, index: Index) -> Layer:
        return self._layers[index.row()]

    def index_of(self, layer_id: str) -> QModelIndex:
        """The row of a layer; an invalid index where there is none."""
        for row, layer in enumerate(self._layers):
            if layer.id == layer_id:
                return self.index(row)
        return QModelIndex()

    # --- What the view asks ---

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._layers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        layer = self.layer_at(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return layer.name
        if role == LAYER_ROLE:
            return layer
        if role == THUMBNAIL_ROLE:
            return self._canvas.layer_thumbnail(layer.id)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        self._documents.rename_layer(self.layer_at(index).id, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows are dragged and renamed; they are dropped between others, never onto one."""
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        return (
            flag.ItemIsEnabled
            | flag.ItemIsSelectable
            | flag.ItemIsEditable
            | flag.ItemIsDragEnabled
            | flag.ItemNeverHasChildren
        )

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [LAYER_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        mime = QMimeData()
        mime.setData(LAYER_MIME, self.layer_at(indexes[0]).id.encode())
        return mime

    def dropMimeData(
        self, data: QMimeData, _action: Qt.DropAction, row: int, _column: int, _parent: Index
    ) -> bool:
        """Put the dragged layer above the one that is at `row` now; beyond the last one, below all.

        Always False: the rows move because the document does, not because the view removes one.
        """
        layer_id = bytes(data.data(LAYER_MIME).data()).decode()
        source = self.index_of(layer_id)
        if source.isValid():
            target = len(self._layers) if row < 0 else row
            target -= source.row() < target  # counted without the dragged one
            self._documents.reorder_layer(layer_id, len(self._layers) - 1 - target)
        return False

    # --- Following the document ---

    def _follow(self, change: DocumentChange) -> None:
        if not change.layers:
            return
        layers = list(reversed(change.after.layers))
        kept = {layer.id for layer in layers}
        for row in reversed(range(len(self._layers))):
            if self._layers[row].id not in kept:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._layers[row]
                self.endRemoveRows()
        for row, layer in enumerate(layers):
            self._bring(row, layer)

    def _bring(self, row: int, layer: Layer) -> None:
        """Make `layer` the one at `row`; those above are right already."""
        source = self.index_of(layer.id).row()
        if source < 0:
            self.beginInsertRows(QModelIndex(), row, row)
            self._layers.insert(row, layer)
            self.endInsertRows()
            return
        if source != row:
            self.beginMoveRows(QModelIndex(), source, source, QModelIndex(), row)
            self._layers.insert(row, self._layers.pop(source))
            self.endMoveRows()
        if self._layers[row] is not layer:
            self._layers[row] = layer
            self.dataChanged.emit(self.index(row), self.index(row))

    def _thumbnail_changed(self, layer_id: str) -> None:
        index = self.index_of(layer_id)
        if index.isValid():
            self.dataChanged.emit(index, index, [THUMBNAIL_ROLE])
