"""The document's layers as a Qt model, topmost first, groups above what is in them."""

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
from studio.core.document import Group, Layer
from studio.ui.layers.listed_layer import ListedLayer, rows_of

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
THUMBNAIL_ROLE = ROW_ROLE + 1
MASK_ROLE = ROW_ROLE + 2
TARGET_ROLE = ROW_ROLE + 3  # "mask", "pixels", or None where painting does not go there
LAYER_MIME = "application/x-studio-layer"

Index = QModelIndex | QPersistentModelIndex


class LayerModel(QAbstractListModel):
    """Follows the document with the smallest change that says what happened.

    So the view keeps its selection, its scroll position and an open editor while a slider moves.
    Renaming and dropping rows go to the sessions. `drop_depth` is how deep in the tree the pointer
    lies: below the last member of a group that tells inside from beside.
    """

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._documents = studio.documents
        self._session = studio.layers
        self._canvas = studio.canvas
        self._rows = rows_of(studio.documents.document)
        self.drop_depth = 0
        studio.documents.changed.connect(self._follow)
        studio.documents.target_changed.connect(self._target_changed)
        studio.documents.active_changed.connect(lambda _id: self._target_changed())
        studio.canvas.thumbnail_changed.connect(self._thumbnail_changed)

    def row_at(self, index: Index) -> ListedLayer:
        return self._rows[index.row()]

    def layer_at(self, index: Index) -> Layer:
        return self._rows[index.row()].layer

    def index_of(self, layer_id: str) -> QModelIndex:
        """The row of a layer; an invalid index where there is none."""
        for row, content in enumerate(self._rows):
            if content.layer.id == layer_id:
                return self.index(row)
        return QModelIndex()

    # --- What the view asks ---

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return row.layer.name
            case _ if role == ROW_ROLE:
                return row
            case _ if role == THUMBNAIL_ROLE:
                return self._canvas.layer_thumbnail(row.layer.id)
            case _ if role == MASK_ROLE:
                return self._canvas.mask_thumbnail(row.layer.id)
            case _ if role == TARGET_ROLE and row.layer.id == self._documents.active_id:
                return "mask" if self._documents.mask_active else "pixels"
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        self._session.rename(self.layer_at(index).id, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows are dragged and renamed; they are dropped between others, and onto groups."""
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        flags = (
            flag.ItemIsEnabled
            | flag.ItemIsSelectable
            | flag.ItemIsEditable
            | flag.ItemIsDragEnabled
            | flag.ItemNeverHasChildren
        )
        return flags | flag.ItemIsDropEnabled if self._is_group(index) else flags

    def _is_group(self, index: Index) -> bool:
        return isinstance(self.layer_at(index), Group)

    # --- Dragging ---

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [LAYER_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        mime = QMimeData()
        ids = [self.layer_at(index).id for index in indexes]
        mime.setData(LAYER_MIME, "\n".join(ids).encode())
        return mime

    def dropMimeData(
        self, data: QMimeData, _action: Qt.DropAction, row: int, _column: int, parent: Index
    ) -> bool:
        """Put dragged layers onto a group, or above what is at `row`; beyond the end, below all.

        Always False: the rows move because the document does, not because the view removes one.
        """
        ids = tuple(bytes(data.data(LAYER_MIME).data()).decode().split("\n"))
        known = tuple(layer_id for layer_id in ids if self._documents.document.has_layer(layer_id))
        if known and parent.isValid():
            self._session.move_to(self.layer_at(parent).id, len(self._rows), known)
        elif known:
            row = len(self._rows) if row < 0 else row
            group = self._group_at(row)
            self._session.move_to(group, self._place_in(group, row, known), known)
        return False

    def _group_at(self, row: int) -> str:
        """The group that a layer dropped above `row` comes into."""
        below = self._rows[row] if row < len(self._rows) else None
        least = below.depth if below else 0
        above = self._rows[row - 1] if row else None
        if above is None or above.depth <= least:
            return below.layer.group if below else ""
        depth = max(least, min(self.drop_depth, above.depth))
        return (above.layer.group, *self._outer_groups(above))[above.depth - depth]

    def _outer_groups(self, row: ListedLayer) -> list[str]:
        """The groups around the group of a row, then "" for outside of any."""
        return [group.group for group in self._documents.document.groups_of(row.layer)]

    def _place_in(self, group: str, row: int, moved: Sequence[str]) -> int:
        """How many members of a group stay below `row`."""
        below = {content.layer.id for content in self._rows[row:]} - set(moved)
        return sum(layer.id in below for layer in self._documents.document.members(group))

    # --- Following the document ---

    def _follow(self, change: DocumentChange) -> None:
        if not change.layers:
            return
        rows = rows_of(change.after)
        kept = {row.layer.id for row in rows}
        for at in reversed(range(len(self._rows))):
            if self._rows[at].layer.id not in kept:
                self.beginRemoveRows(QModelIndex(), at, at)
                del self._rows[at]
                self.endRemoveRows()
        for at, row in enumerate(rows):
            self._bring(at, row)

    def _bring(self, at: int, row: ListedLayer) -> None:
        """Make `row` the one at a place; those above are right already."""
        source = self.index_of(row.layer.id).row()
        if source < 0:
            self.beginInsertRows(QModelIndex(), at, at)
            self._rows.insert(at, row)
            self.endInsertRows()
            return
        if source != at:
            self.beginMoveRows(QModelIndex(), source, source, QModelIndex(), at)
            self._rows.insert(at, self._rows.pop(source))
            self.endMoveRows()
        if not self._rows[at].is_like(row):
            self._rows[at] = row
            self.dataChanged.emit(self.index(at), self.index(at))

    def _thumbnail_changed(self, layer_id: str) -> None:
        index = self.index_of(layer_id)
        if index.isValid():
            self.dataChanged.emit(index, index, [THUMBNAIL_ROLE, MASK_ROLE])

    def _target_changed(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1), [TARGET_ROLE])
