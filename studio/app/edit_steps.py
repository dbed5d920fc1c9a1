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
from studio.core.image import Rect
from studio.core.raster import Raster
from studio.edits.operation import EditOperation


class EditSteps:
    """Intents for steps beside those of the document session. Lives in the GUI thread."""

    def __init__(
        self, documents: DocumentSession, canvas: CanvasRenderer, notifications: Notifications
    ) -> None:
        self.documents = documents
        self.shelf = EditShelf(documents)
        self._canvas = canvas
        self._notifications = notifications

    def add(self, operation_id: str) -> None:
        """Add an edit to the active layer or group, restricted to the selection if there is one."""
        layer = self.documents.active_layer
        if layer is None:
            self._notifications.post("There is no layer to edit.", "Add or select a layer first.")
            return
        if self.documents.document.is_locked(layer, "all"):
            self._notifications.failed(locked_error(layer))
            return
        operation = self.documents.operation(operation_id)
        mask = selection_mask(self.documents.document, layer, self._canvas)
        self.documents.add_edit(operation_id, self._start(operation, layer), mask)
        self.shelf.note_use(operation_id)

    def duplicate(self, step_id: str) -> None:
        """The same step once more, after itself."""
        layer = self.documents.layer_of_step(step_id)
        step = layer.step(step_id)
        at = layer.edits.index(step) + 1
        edits = (*layer.edits[:at], replace(step, id=new_id()), *layer.edits[at:])
        self._commit(replace(layer, edits=edits), "Duplicate edit")

    def reset(self, step_id: str) -> None:
        """Back to what a new edit begins with, as one undo step."""
        layer = self.documents.layer_of_step(step_id)
        operation = self.documents.operation(layer.step(step_id).operation)
        self._set_params(step_id, self._start(operation, layer))

    def take_preset(self, step_id: str, preset: Preset) -> None:
        """Set a step as a preset says; the layer that it works with stays.

        Raises:
            StudioError: the preset is of another version of the operation.
        """
        layer = self.documents.layer_of_step(step_id)
        step = layer.step(step_id)
        operation = self.documents.operation(step.operation)
        params = preset_params(operation, self._start(operation, layer), preset)
        layers = {key: value for key, value in step.params.items() if isinstance(value, dict)}
        self._set_params(step_id, {**params, **layers})

    def keep_preset(self, step_id: str, name: str) -> None:
        """Keep what a step is set to as a preset of the person's own."""
        name = name.strip()
        step = self.documents.layer_of_step(step_id).step(step_id)
        if name:
            self.shelf.keep(self.documents.operation(step.operation), name, step.params)

    def set_opacity(self, step_id: str, opacity: float) -> None:
        """How much of the edit shows, from 0 to 1; drags merge until the gesture ends."""
        opacity = round(min(1.0, max(0.0, opacity)), 4)
        self._change(step_id, "Edit opacity", f"edit opacity {step_id}", opacity=opacity)

    # --- Where a step works ---

    def mask_from_selection(self, step_id: str) -> None:
        """Restrict a step to what is selected."""
        layer = self.documents.layer_of_step(step_id)
        mask = selection_mask(self.documents.document, layer, self._canvas)
        if mask is None:
            self._notifications.post("Nothing is selected.", "Select where the edit shall work.")
            return
        self._change(step_id, "Edit works in the selection", mask=mask)

    def invert_mask(self, step_id: str) -> None:
        """Let a step work where it did not."""
        mask = self.documents.layer_of_step(step_id).step(step_id).mask
        if mask is not None:
            inverted = Raster.from_pixels8(255 - mask.pixels8())
            self._change(step_id, "Invert edit mask", mask=inverted)

    def remove_mask(self, step_id: str) -> None:
        """Let a step work everywhere."""
        self._change(step_id, "Remove edit mask", mask=None)

    def select_mask(self, step_id: str) -> None:
        """Make the selection what a step's mask is: to change it, and mask the step again."""
        document = self.documents.document
        layer = self.documents.layer_of_step(step_id)
        mask = layer.step(step_id).mask
        if mask is not None:
            place = step_place(layer, self._canvas) or layer.raster.rect
            around = document.rect.translated(-place.x, -place.y)
            self.documents.set_selection(Raster.from_pixels8(mask.pixels8(around)))

    # --- Parts ---

    def _start(self, operation: EditOperation, layer: Layer) -> dict[str, Any]:
        """JSON params for a new step on `layer`."""
        seen = self._seen(layer)
        other = nearest_picture(self.documents.document, layer)
        return operation.starting_params(seen.width, seen.height, other)

    def _seen(self, layer: Layer) -> Rect:
        plain = layer.raster.rect.translated(layer.x, layer.y)
        return self._canvas.rendered_rect(layer.id) or plain

    def _set_params(self, step_id: str, params: Mapping[str, Any]) -> None:
        self.documents.end_gesture()
        self.documents.set_edit_params(step_id, params)
        self.documents.end_gesture()

    def _change(self, step_id: str, text: str, merge_key: str = "", **changes: Any) -> None:
        layer = self.documents.layer_of_step(step_id)
        step: EditStep = layer.step(step_id)
        if any(getattr(step, name) != value for name, value in changes.items()):
            self._commit(layer.with_step(step_id, **changes), text, merge_key)

    def _commit(self, layer: Layer, text: str, merge_key: str = "") -> None:
        document = self.documents.document.update_layer(layer.id, lambda _layer: layer)
        self.documents.commit(document, text, merge_key)


def nearest_picture(document: Document, layer: Layer) -> str:
    """The id of the layer that a step on `layer` works with at first: the one below, else above.

    Of a group, none that is in it.
    """
    inside = {item.id for item in document.branch(layer.id)}
    at = document.index_of(layer.id)
    others = [*reversed(document.layers[:at]), *document.layers[at + 1 :]]
    found = (it.id for it in others if not isinstance(it, Group) and it.id not in inside)
    return next(found, "")
