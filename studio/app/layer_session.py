"""What is done to the selected layers: grouped, merged, masked, locked. One undo step each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from studio.app.document_session import DocumentSession
from studio.app.lanes import Job, Lane, once
from studio.app.layer_pixels import (
    flattened,
    mask_of_selection,
    merged,
    rasterized,
    with_mask_applied,
)
from studio.app.notifications import Notifications
from studio.app.refusals import locked_error
from studio.app.trial import Trial
from studio.core.control import RunControl
from studio.core.document import BlendMode, Document, Group, Layer, Lock
from studio.core.fill import Fill, FilledRaster
from studio.core.layer_tree import duplicated, empty_group, grouped, ungrouped, without_layers
from studio.core.raster import Raster


class LayerSession(QObject):
    """Intents for the layers that `DocumentSession` says are selected. Lives in the GUI thread.

    Pixels are made in `lane`; what was changed meanwhile stays as it is.
    """

    def __init__(
        self,
        documents: DocumentSession,
        lane: Lane,
        notifications: Notifications,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._lane = lane
        self._notifications = notifications

    @property
    def selected(self) -> tuple[Layer, ...]:
        """From bottom to top, without what lies in another of them."""
        return self._documents.document.roots(self._documents.selected_layers)

    # --- The tree ---

    def group(self) -> None:
        """Put the selected layers into a group; without any, make an empty one."""
        document = self._documents.document
        count = sum(isinstance(layer, Group) for layer in document.layers)
        group = empty_group(document, f"Group {count + 1}")
        self._commit(grouped(document, self._documents.selected_layers, group), "Group layers")
        self._documents.set_active(group.id)

    def ungroup(self) -> None:
        """Take the selected groups away; what was in them stays."""
        document, freed = self._documents.document, []
        for layer in self.selected:
            if isinstance(layer, Group):
                freed += [member.id for member in document.members(layer.id)]
                document = ungrouped(document, layer.id)
        self._commit(document, "Ungroup layers")
        if freed:
            self._documents.set_active(freed[-1])
            self._documents.select_layers(freed)

    def remove(self) -> None:
        """Delete the selected layers, unless one of them is locked."""
        document = self._documents.document
        for layer in self.selected:
            if document.is_locked(layer, "all"):
                self._notifications.failed(locked_error(layer))
                return
        ids = [layer.id for layer in self.selected]
        text = f"Remove {self.selected[0].name}" if len(ids) == 1 else f"Remove {len(ids)} layers"
        self._commit(without_layers(document, ids), text)

    def duplicate(self) -> None:
        document, copies = duplicated(self._documents.document, self._documents.selected_layers)
        self._commit(document, "Duplicate layers" if len(copies) > 1 else "Duplicate layer")
        if copies:
            self._documents.set_active(copies[-1])
            self._documents.select_layers(copies)

    def shift(self, by: int) -> None:
        """Move the active layer `by` places up in its group; beyond its end, out of it."""
        document, layer = self._documents.document, self._documents.active_layer
        if layer is None:
            return
        siblings = document.members(layer.group)
        at = siblings.index(layer) + by
        if 0 <= at < len(siblings):
            self.move_to(layer.group, at, (layer.id,))
        elif layer.group:
            outer = document.layer(layer.group)
            around = document.members(outer.group).index(outer)
            self.move_to(outer.group, around + (by > 0), (layer.id,))

    def can_shift(self, by: int) -> bool:
        document, layer = self._documents.document, self._documents.active_layer
        if layer is None:
            return False
        siblings = document.members(layer.group)
        return bool(layer.group) or 0 <= siblings.index(layer) + by < len(siblings)

    def move_to(self, group: str, index: int, layer_ids: tuple[str, ...] = ()) -> None:
        """Put layers (default: the selected ones) into a group; see `Document.moved_layers`."""
        document = self._documents.document
        moved = document.moved_layers(layer_ids or self._documents.selected_layers, group, index)
        if moved.layers != document.layers:
            self._commit(moved, "Reorder layers")

    # --- Names and looks ---

    def rename(self, layer_id: str, name: str) -> None:
        name = name.strip()
        if name and name != self._documents.document.layer(layer_id).name:
            self._documents.change_layer(layer_id, "Rename layer", name=name)

    def set_opacity(self, layer_id: str, opacity: float) -> None:
        """From 0 to 1; drags merge until the gesture ends."""
        key, opacity = f"opacity {layer_id}", min(1.0, max(0.0, opacity))
        self._documents.change_layer(layer_id, "Layer opacity", key, opacity=opacity)

    def set_visible(self, layer_id: str, visible: bool) -> None:
        text = "Show layer" if visible else "Hide layer"
        self._documents.change_layer(layer_id, text, visible=visible)

    def toggle_lock(self, lock: Lock) -> None:
        """Lock the selected layers, or unlock them if all are."""
        on = not all(lock in layer.locks for layer in self.selected)
        self._change_selected(
            lambda layer: replace(
                layer, locks=layer.locks | {lock} if on else layer.locks - {lock}
            ),
            "Lock layer" if on else "Unlock layer",
        )

    def toggle_clipped(self) -> None:
        """Clip the selected layers to the one below, or release them if all are."""
        on = not all(layer.clipped for layer in self.selected)
        self._change_selected(
            lambda layer: replace(layer, clipped=on), "Clip to below" if on else "Release clipping"
        )

    def set_blend(self, blend: BlendMode | None) -> None:
        """How the active layer is laid over those below; None: the members of a group are."""
        layer = self._documents.active_layer
        if isinstance(layer, Group):
            chosen = blend or "normal"
            self._change_active("Blend mode", pass_through=blend is None, blend=chosen)
        elif blend is not None:
            self._change_active("Blend mode", blend=blend)

    def set_collapsed(self, group_id: str, collapsed: bool) -> None:
        """How the list shows a group: no step of the history."""
        self._documents.amend(lambda document: _collapsed(document, group_id, collapsed))

    # --- Masks ---

    def add_mask(self, *, hidden: bool = False) -> None:
        """Give the active layer a mask: of what is selected, else one that shows (hides) all."""
        layer = self._documents.active_layer
        if layer is None:
            return
        if self._documents.document.selection is None or hidden:
            size = layer.raster.width, layer.raster.height
            self._with_mask(layer, Raster.solid(*size, (0.0 if hidden else 1.0,)), "Add mask")
            return
        self._remake(
            layer,
            lambda document, _control: replace(layer, mask=mask_of_selection(document, layer)),
            "Add mask",
            then=lambda: self._documents.set_mask_active(True),
        )

    def invert_mask(self) -> None:
        layer = self._documents.active_layer
        if layer is not None and layer.mask is not None:
            mask = layer.mask
            self._remake(
                layer,
                lambda _document, _control: replace(
                    layer, mask=Raster.from_pixels8(255 - mask.pixels8())
                ),
                "Invert mask",
            )

    def apply_mask(self) -> None:
        """Make what the mask hides transparent, and take the mask away."""
        layer = self._documents.active_layer
        if layer is not None and layer.mask is not None and not isinstance(layer, Group):
            self._remake(
                layer,
                lambda document, control: with_mask_applied(document, layer, control),
                "Apply mask",
            )

    def remove_mask(self) -> None:
        self._change_active("Remove mask", mask=None)

    def toggle_mask(self) -> None:
        """Switch the active layer's mask off, or on again."""
        layer = self._documents.active_layer
        if layer is not None:
            text = "Switch mask off" if layer.mask_enabled else "Switch mask on"
            self._change_active(text, mask_enabled=not layer.mask_enabled)

    def _with_mask(self, layer: Layer, mask: Raster, text: str) -> None:
        self._change_active(text, mask=mask, mask_enabled=True)
        self._documents.set_mask_active(True)

    # --- Fill layers ---

    def begin_fill(self, text: str) -> Trial:
        """For `try_fill` and `try_new_fill`: each shows its fill in place of the last."""
        return Trial(self._documents, text)

    def try_new_fill(self, trial: Trial, fill: Fill, name: str) -> None:
        """Show a new layer that is one fill, masked by the selection if there is one."""
        before, active = trial.before, trial.active
        raster = FilledRaster(before.width, before.height, fill)
        layer = Layer(raster, name, mask=before.selection, id=trial.key)
        trial.show(before.with_layer(layer, before.index_of(active) + 1 if active else None))
        self._documents.set_active(layer.id)

    def try_fill(self, trial: Trial, layer: Layer, fill: Fill) -> None:
        """Show a fill layer with another fill."""
        raster = FilledRaster(layer.raster.width, layer.raster.height, fill)
        trial.show(trial.before.update_layer(layer.id, lambda item: replace(item, raster=raster)))

    # --- Made into pixels ---

    def merge(self) -> None:
        """Merge the selected layers; a group alone into one layer; one layer with that below."""
        layers = self.selected
        if len(layers) == 1 and not isinstance(layers[0], Group):
            layers = (*self._below(layers[0]), *layers)
        if len(layers) == 1 and not isinstance(layers[0], Group):
            return
        ids = [layer.id for layer in layers]
        self._replace(
            lambda document, control: _with_merged(document, ids, merged(document, ids, control)),
            "Merge layers",
        )

    def can_merge(self) -> bool:
        """Whether there is something to merge, all of it visible."""
        layers, document = self.selected, self._documents.document
        if len(layers) == 1 and not isinstance(layers[0], Group):
            layers = (*self._below(layers[0]), *layers)
        enough = len(layers) > 1 or any(isinstance(layer, Group) for layer in layers)
        return enough and all(map(document.is_shown, layers))

    def merge_visible(self) -> None:
        """Merge all that is seen; hidden layers stay."""
        ids = [layer.id for layer in self._documents.document.members() if layer.visible]
        self._replace(
            lambda document, control: _with_merged(document, ids, merged(document, ids, control)),
            "Merge visible",
        )

    def flatten(self) -> None:
        """Make the whole picture one layer; what is hidden is dropped."""
        self._replace(
            lambda document, control: replace(document, layers=(flattened(document, control),)),
            "Flatten image",
        )

    def rasterize(self) -> None:
        """Make the active layer, with its edits, plain pixels."""
        layer = self._documents.active_layer
        if isinstance(layer, Group):
            self.merge()
        elif layer is not None:
            self._remake(
                layer,
                lambda document, control: rasterized(document, layer, control),
                "Rasterize layer",
            )

    def _below(self, layer: Layer) -> tuple[Layer, ...]:
        siblings = self._documents.document.members(layer.group)
        at = siblings.index(layer)
        return siblings[at - 1 : at] if at else ()

    # --- How ---

    def _remake(
        self,
        layer: Layer,
        make: Callable[[Document, RunControl], Layer],
        text: str,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Put what the lane makes of a layer into its place."""

        def take(made: Layer) -> None:
            document = self._documents.document
            if document.has_layer(layer.id) and document.layer(layer.id) is layer:
                self._commit(document.update_layer(layer.id, lambda _: made), text)
                then()

        before = self._documents.document
        self._submit(lambda control: make(before, control), take)

    def _replace(self, make: Callable[[Document, RunControl], Document], text: str) -> None:
        """Put the document that the lane makes into the place of this one."""
        before = self._documents.document

        def take(made: Document) -> None:
            if self._documents.document.layers is before.layers:
                self._commit(replace(self._documents.document, layers=made.layers), text)
            else:
                message = "The layers were changed while they were being merged."
                self._notifications.post(message, "Merge them again.", "attention")

        self._submit(lambda control: make(before, control), take)

    def _submit(self, work: Callable[[RunControl], Any], take: Callable[[Any], None]) -> None:
        failed = self._notifications.failed
        self._lane.submit(Job(once(work), on_event=take, on_failed=failed))

    def _change_selected(self, change: Callable[[Layer], Layer], text: str) -> None:
        document = self._documents.document
        for layer in self.selected:
            document = document.update_layer(layer.id, change)
        self._commit(document, text)

    def _change_active(self, text: str, **changes: Any) -> None:
        if self._documents.active_id:
            self._documents.change_layer(self._documents.active_id, text, **changes)

    def _commit(self, document: Document, text: str) -> None:
        self._documents.commit(document, text)


def _collapsed(document: Document, group_id: str, collapsed: bool) -> Document:
    if not document.has_layer(group_id):
        return document
    group = document.layer(group_id)
    assert isinstance(group, Group)
    return document.update_layer(group_id, lambda _: replace(group, collapsed=collapsed))


def _with_merged(document: Document, layer_ids: list[str], layer: Layer) -> Document:
    """`layer` in place of others, where the topmost of them was."""
    top = document.roots(layer_ids)[-1]
    added = document.with_layer(layer, document.index_of(top.id) + 1)
    return without_layers(added, layer_ids)
