"""Edit steps as a person works with them: how they start, how much shows, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from studio.app.canvas_renderer import CanvasRenderer
from studio.app.document_session import DocumentSession
from studio.app.edit_shelf import EditShelf, Preset, preset_params
from studio.app.notifications import Notifications
from studio.app.refusals import locked_error
from studio.app.selection import selection_mask, step_place
from studio.core.document import Document, EditStep, Group, Layer, new_id
from studio.core.params import from_json, to_json
from studio.core.raster import Raster
from studio.edits.operation import GROUPS, OPERATIONS, EditOperation


class EditSteps:
    """Intents for the edit stacks of layers and groups. Lives in the GUI thread."""

    def __init__(
        self, documents: DocumentSession, canvas: CanvasRenderer, notifications: Notifications
    ) -> None:
        self.documents = documents
        self.shelf = EditShelf(documents)
        self._canvas = canvas
        self._notifications = notifications

    @property
    def operations(self) -> tuple[EditOperation, ...]:
        """All edit operations, in the order of their groups and titles."""
        return tuple(sorted(OPERATIONS, key=lambda op: (GROUPS.index(op.group), op.title)))

    def operation(self, operation_id: str) -> EditOperation:
        return OPERATIONS[operation_id]

    def layer_of(self, step_id: str) -> Layer:
        """The active layer, where it has the step: copies of a layer have the same steps."""
        active = self.documents.active_layer
        for layer in (*([active] if active else []), *self.documents.document.layers):
            if any(step.id == step_id for step in layer.edits):
                return layer
        raise KeyError(step_id)

    # --- The stack ---

    def add(self, operation_id: str) -> None:
        """Add an edit to the active layer or group, restricted to the selection if there is one."""
        layer = self.documents.active_layer
        if layer is None:
            self._notifications.post("There is no layer to edit.", "Add or select a layer first.")
            return
        if self.documents.document.is_locked(layer, "all"):
            self._notifications.failed(locked_error(layer))
            return
        mask = selection_mask(self.documents.document, layer, self._canvas)
        add_step(
            self.documents, operation_id, self._start(self.operation(operation_id), layer), mask
        )
        self.shelf.note_use(operation_id)

    def duplicate(self, step_id: str) -> None:
        """The same step once more, after itself."""
        layer = self.layer_of(step_id)
        step = layer.step(step_id)
        at = layer.edits.index(step) + 1
        edits = (*layer.edits[:at], replace(step, id=new_id()), *layer.edits[at:])
        self._set_edits(layer, edits, "Duplicate edit")

    def remove(self, step_id: str) -> None:
        layer = self.layer_of(step_id)
        rest = tuple(step for step in layer.edits if step.id != step_id)
        self._set_edits(layer, rest, "Remove edit")

    def reorder(self, step_id: str, index: int) -> None:
        """Move a step to `index`, counted from the first that is applied."""
        layer = self.layer_of(step_id)
        rest = [step for step in layer.edits if step.id != step_id]
        rest.insert(index, layer.step(step_id))
        if tuple(rest) != layer.edits:
            self._set_edits(layer, tuple(rest), "Reorder edits")

    def toggle(self, step_id: str) -> None:
        enabled = not self.layer_of(step_id).step(step_id).enabled
        text = "Turn edit on" if enabled else "Turn edit off"
        self._change(step_id, text, enabled=enabled)

    # --- What a step is set to ---

    def set_params(self, step_id: str, params: Mapping[str, Any]) -> None:
        """Replace a step's params; drags merge into one undo step until `end_gesture`."""
        operation = self.operation(self.layer_of(step_id).step(step_id).operation)
        data = to_json(from_json(operation.params_type, params))
        self._change(step_id, f"Change {operation.title}", f"edit {step_id}", params=data)

    def reset(self, step_id: str) -> None:
        """Back to what a new edit begins with, as one undo step."""
        layer = self.layer_of(step_id)
        operation = self.operation(layer.step(step_id).operation)
        self._set_params(step_id, self._start(operation, layer))

    def take_preset(self, step_id: str, preset: Preset) -> None:
        """Set a step as a preset says; the layer that it works with stays.

        Raises:
            StudioError: the preset is of another version of the operation.
        """
        layer = self.layer_of(step_id)
        step = layer.step(step_id)
        operation = self.operation(step.operation)
        params = preset_params(operation, self._start(operation, layer), preset)
        layers = {key: value for key, value in step.params.items() if isinstance(value, dict)}
        self._set_params(step_id, {**params, **layers})

    def keep_preset(self, step_id: str, name: str) -> None:
        """Keep what a step is set to as a preset of the person's own."""
        name = name.strip()
        step = self.layer_of(step_id).step(step_id)
        if name:
            self.shelf.keep(self.operation(step.operation), name, step.params)

    def set_opacity(self, step_id: str, opacity: float) -> None:
        """How much of the edit shows, from 0 to 1; drags merge until the gesture ends."""
        opacity = round(min(1.0, max(0.0, opacity)), 4)
        self._change(step_id, "Edit opacity", f"edit opacity {step_id}", opacity=opacity)

    # --- Where a step works ---

    def mask_from_selection(self, step_id: str) -> None:
        """Restrict a step to what is selected."""
        layer = self.layer_of(step_id)
        mask = selection_mask(self.documents.document, layer, self._canvas)
        if mask is None:
            self._notifications.post("Nothing is selected.", "Select where the edit shall work.")
            return
        self._change(step_id, "Edit works in the selection", mask=mask)

    def invert_mask(self, step_id: str) -> None:
        """Let a step work where it did not."""
        mask = self.layer_of(step_id).step(step_id).mask
        if mask is not None:
            inverted = Raster.from_pixels8(255 - mask.pixels8())
            self._change(step_id, "Invert edit mask", mask=inverted)

    def remove_mask(self, step_id: str) -> None:
        """Let a step work everywhere."""
        self._change(step_id, "Remove edit mask", mask=None)

    def select_mask(self, step_id: str) -> None:
        """Make the selection what a step's mask is: to change it, and mask the step again."""
        document = self.documents.document
        layer = self.layer_of(step_id)
        mask = layer.step(step_id).mask
        if mask is not None:
            place = step_place(layer, self._canvas)
            around = document.rect.translated(-place.x, -place.y)
            self.documents.set_selection(Raster.from_pixels8(mask.pixels8(around)))

    # --- Parts ---

    def _start(self, operation: EditOperation, layer: Layer) -> dict[str, Any]:
        """JSON params for a new step on `layer`."""
        seen = self._canvas.rendered_rect(layer)
        other = nearest_picture(self.documents.document, layer)
        return operation.starting_params(seen.width, seen.height, other)

    def _set_params(self, step_id: str, params: Mapping[str, Any]) -> None:
        self.documents.end_gesture()
        self.set_params(step_id, params)
        self.documents.end_gesture()

    def _change(self, step_id: str, text: str, merge_key: str = "", **changes: Any) -> None:
        layer = self.layer_of(step_id)
        step = layer.step(step_id)
        if any(getattr(step, name) != value for name, value in changes.items()):
            self._set_edits(layer, layer.with_step(step_id, **changes).edits, text, merge_key)

    def _set_edits(
        self, layer: Layer, edits: tuple[EditStep, ...], text: str, merge_key: str = ""
    ) -> None:
        self.documents.change_layer(layer.id, text, merge_key, edits=edits)


def add_step(
    session: DocumentSession,
    operation_id: str,
    params: Mapping[str, Any] | None = None,
    mask: Raster | None = None,
) -> str:
    """Add an edit on top of the active layer's stack; returns its id, "" without a layer.

    Raises:
        StudioError: no such operation or parameter.
    """
    layer = session.active_layer
    if layer is None:
        return ""
    operation = OPERATIONS[operation_id]
    data = to_json(from_json(operation.params_type, params or {}))
    step = EditStep(operation_id, data, mask=mask)
    session.change_layer(layer.id, operation.title, edits=(*layer.edits, step))
    return step.id


def nearest_picture(document: Document, layer: Layer) -> str:
    """The id of the layer that a step on `layer` works with at first: the one below, else above.

    Of a group, none that is in it.
    """
    inside = {item.id for item in document.branch(layer.id)}
    at = document.index_of(layer.id)
    others = [*reversed(document.layers[:at]), *document.layers[at + 1 :]]
    found = (it.id for it in others if not isinstance(it, Group) and it.id not in inside)
    return next(found, "")
