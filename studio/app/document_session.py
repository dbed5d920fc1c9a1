"""The document that is being worked on: intents in, one undo stack, changes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from studio.core.canvas_size import CanvasSize
from studio.core.change import DocumentChange
from studio.core.document import Document, Group, Layer
from studio.core.explorer import ExplorerState
from studio.core.layer_tree import resized, shifted
from studio.core.raster import Raster

UNDO_LIMIT = 500  # values share their pixels, so a step costs what it changed


class DocumentCommand(QUndoCommand):
    """The one undo command: the document before and after. Same merge key: one step.

    Which layer is active is no step of its own; each side remembers the one that it was left with.
    """

    def __init__(
        self, session: DocumentSession, after: Document, text: str, merge_key: str
    ) -> None:
        super().__init__(text)
        self._session = session
        self.before = session.document
        self._active_before = self._active_after = ""
        self.after = after
        self.merge_key = merge_key

    def redo(self) -> None:
        self._active_before = self._session.active_id
        self._session.show(self.after, self._active_after)

    def undo(self) -> None:
        self._active_after = self._session.active_id
        self._session.show(self.before, self._active_before)

    def id(self) -> int:
        return hash(self.merge_key) % 2**31 if self.merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, DocumentCommand) or other.merge_key != self.merge_key:
            return False
        self.after = other.after
        self.setText(other.text())
        return True


class DocumentSession(QObject):
    """Owns the current `Document`, the undo stack and which layers are worked on.

    Lives in the GUI thread. Emits `changed(DocumentChange)` after every commit, undo and redo;
    `active_changed(str)` with the active layer's id or ``""``; `target_changed()` when other
    layers are selected, or mask instead of pixels is worked on, or the other way round. Nothing
    but this class replaces the document.
    """

    changed = Signal(DocumentChange)
    active_changed = Signal(str)
    target_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_LIMIT)
        self._document = Document()
        self._active = ""
        self._selected: tuple[str, ...] = ()
        self._mask_active = False
        self._gesture = 0

    # --- State ---

    @property
    def document(self) -> Document:
        return self._document

    @property
    def active_id(self) -> str:
        return self._active

    @property
    def active_layer(self) -> Layer | None:
        return self._document.layer(self._active) if self._active else None

    @property
    def selected_layers(self) -> tuple[str, ...]:
        """Ids of the layers that are worked on together, the active one among them."""
        kept = tuple(i for i in self._selected if self._document.has_layer(i))
        return kept if self._active in kept else (self._active,) if self._active else ()

    @property
    def mask_active(self) -> bool:
        """Whether painting goes onto the mask of the active layer instead of its pixels."""
        layer = self.active_layer
        return self._mask_active and layer is not None and layer.mask is not None

    # --- Replacing the document ---

    def reset(self, document: Document, active: str = "") -> None:
        """Take another document: the undo stack starts anew."""
        self.undo_stack.clear()
        self.show(document)
        self.set_active(active)

    def commit(self, document: Document, text: str, merge_key: str = "") -> None:
        """Make `document` the current one, as an undoable step named `text`.

        Commits with the same merge key merge into one step until `end_gesture`.
        """
        if document is self._document:
            return
        key = f"{merge_key}#{self._gesture}" if merge_key else ""
        self.undo_stack.push(DocumentCommand(self, document, text, key))

    def amend(self, change: Callable[[Document], Document]) -> None:
        """Change the document now and in every step of the history, so that undo keeps it so.

        For what nobody did: it is no step, and no step undoes it.
        """
        stack = self.undo_stack
        commands = [cast("DocumentCommand", stack.command(i)) for i in range(stack.count())]
        sides = [side for command in commands for side in (command.before, command.after)]
        # By identity: the end of one step stays the very value that the next one begins with.
        amended = {id(side): change(side) for side in (*sides, self._document)}
        for command in commands:
            command.before, command.after = amended[id(command.before)], amended[id(command.after)]
        self.show(amended[id(self._document)])

    def end_gesture(self) -> None:
        """The slider or the mouse was let go: the next commit is a step of its own."""
        self._gesture += 1

    def show(self, document: Document, active: str = "") -> None:
        """Make `document` current without an undo step (the command's way in).

        Where layers come or go, `active` becomes the active one.
        """
        change = DocumentChange(self._document, document)
        self._document = document
        if change.is_empty:
            return
        returns = change.layers_came_or_went and document.has_layer(active)
        if not self._active or not document.has_layer(self._active):
            self.set_active(active if returns else _nearest_active(change))
        self.changed.emit(change)
        if returns:
            self.set_active(active)

    def set_active(self, layer_id: str) -> None:
        if not self._document.has_layer(layer_id):
            layer_id = self._document.layers[-1].id if self._document.layers else ""
        if layer_id != self._active:
            alone = layer_id not in self._selected
            self._active = layer_id
            self._mask_active = False
            self.active_changed.emit(layer_id)
            if alone:
                self.select_layers([layer_id] if layer_id else [])

    def select_layers(self, layer_ids: Iterable[str]) -> None:
        """Work on several layers together; the active one is among them in any case."""
        selected = tuple(layer_ids)
        if selected != self._selected:
            self._selected = selected
            self.target_changed.emit()

    def set_mask_active(self, active: bool) -> None:
        """Paint on the mask of the active layer, or on its pixels."""
        if active != self._mask_active:
            self._mask_active = active
            self.target_changed.emit()

    # --- Layers ---

    def add_layer(self, layer: Layer, text: str = "", merge_key: str = "") -> None:
        """Put `layer` above the active one, or into it if it is an open group; make it active."""
        document, at = self._document, self.active_layer
        if at is None:
            after = document.with_layer(layer)
        elif isinstance(at, Group) and not at.collapsed:
            after = document.with_layer(layer).moved_layers([layer.id], at.id, len(document.layers))
        else:
            after = document.with_layer(layer, document.index_of(at.id) + 1)
        self.commit(after, text or f"Add {layer.name}", merge_key)
        self.set_active(layer.id)

    def add_empty_layer(self) -> None:
        size = self._document
        count = sum(not isinstance(layer, Group) for layer in size.layers)
        self.add_layer(Layer(Raster(size.width, size.height), f"Layer {count + 1}"), "Add layer")

    def remove_layer(self, layer_id: str) -> None:
        name = self._document.layer(layer_id).name
        self.commit(self._document.without_layer(layer_id), f"Remove {name}")

    def move_layer(self, layer_id: str, x: int, y: int) -> None:
        """Put a layer's top-left corner (before edits) at document position (x, y).

        What is in it, and what is selected with it, moves along; what is locked stays.
        """
        layer, selected = self._document.layer(layer_id), self.selected_layers
        together = selected if layer_id in selected else (layer_id,)
        moved = shifted(self._document, together, x - layer.x, y - layer.y)
        self.commit(moved, "Move layer", f"move {layer_id}")

    def change_layer(self, layer_id: str, text: str, merge_key: str = "", **changes: Any) -> None:
        """Replace fields of one layer; see `commit`."""
        document = self._document.update_layer(layer_id, lambda item: replace(item, **changes))
        self.commit(document, text, merge_key)

    # --- Selection and explorer ---

    def set_selection(self, selection: Raster | None) -> None:
        """Select the pixels where the one-channel raster of the document's size is above 0."""
        text = "Select" if selection is not None else "Deselect"
        self.commit(replace(self._document, selection=selection), text)

    def set_explorer(self, explorer: ExplorerState, text: str, merge_key: str = "") -> None:
        """Change what the latent explorer shows, as a step of the same undo stack."""
        if explorer != self._document.explorer:
            self.commit(replace(self._document, explorer=explorer), text, merge_key)

    def set_canvas_size(self, size: CanvasSize) -> None:
        """Give the canvas another size and resolution; pixels stay as they are."""
        before = self._document
        offset = size.offset(before.width, before.height)
        after = resized(before, size.width, size.height, *offset)
        self.commit(replace(after, dpi=size.dpi), "Canvas size")


def _nearest_active(change: DocumentChange) -> str:
    """The topmost layer: what a person looks at when the active one is gone."""
    return change.after.layers[-1].id if change.after.layers else ""
