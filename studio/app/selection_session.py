"""Selecting by what the picture shows, and what is done with what is selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.app.document_session import DocumentSession
from studio.app.lanes import Job, Lane, LatestWins, once
from studio.app.notifications import Notifications
from studio.app.seen_pixels import SeenPixels
from studio.app.selected_pixels import lifted, without_selected
from studio.app.selection import Combine, combined, from_coverage, moved
from studio.app.selection_by_color import ColorRange, Wand, range_coverage, wand_coverage
from studio.app.selection_changes import SelectionChange, changed
from studio.app.smart_selection import Stroke, select_object
from studio.app.trial import Trial
from studio.core.control import RunControl
from studio.core.document import Document, Layer, SavedSelection
from studio.core.image import Rect
from studio.core.raster import Raster

Find = Callable[[RunControl], Raster | None]


class SelectionSession(QObject):
    """What is found in a lane becomes the document's selection. Lives in the GUI thread.

    `tinted` says whether the canvas tints what is not selected; emits `tint_changed()`.
    """

    tint_changed = Signal()

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
        self._latest: LatestWins[Raster | None] = LatestWins(lane, steady=True)
        self._seen = SeenPixels()
        self._tinted = False

    # --- Shown ---

    @property
    def tinted(self) -> bool:
        return self._tinted

    def set_tinted(self, tinted: bool) -> None:
        if tinted != self._tinted:
            self._tinted = tinted
            self.tint_changed.emit()

    # --- Selecting ---

    @property
    def selection(self) -> Raster | None:
        return self._documents.document.selection

    def take(self, shape: Raster | None, how: Combine) -> None:
        """Combine a shape with what is selected, as one undo step."""
        before = self.selection
        selection = combined(before, shape, how)
        if selection is not before:
            self._documents.set_selection(selection)

    def move(self, dx: int, dy: int) -> None:
        """Move what is selected, not its pixels."""
        document, selection = self._documents.document, self.selection
        if selection is not None and (dx or dy):
            shifted = replace(document, selection=moved(selection, dx, dy))
            self._documents.commit(shifted, "Move selection")

    def holds(self, x: int, y: int) -> bool:
        """Whether the document px (x, y) is selected, by half at least."""
        selection = self.selection
        return selection is not None and bool(selection.pixels8(Rect(x, y, 1, 1)).max() > 127)

    def find(self, find: Find, how: Combine = "replace") -> None:
        """Take the shape that `find` makes in the lane; a newer request supersedes this one."""
        self._latest.request(
            once(find), lambda shape: self.take(shape, how), on_failed=self._notifications.failed
        )

    def wand(self, x: int, y: int, params: Wand, how: Combine) -> None:
        """Select what is like the document px (x, y)."""
        document = self._documents.document
        layer = None if params.all_layers else self._documents.active_layer
        if not (0 <= x < document.width and 0 <= y < document.height):
            self.take(None, how)
            return

        def find(control: RunControl) -> Raster | None:
            pixels = self._seen.pixels(document, layer, control)
            return from_coverage(wand_coverage(pixels, x, y, params))

        self.find(find, how)

    def find_alpha(self, layer: Layer) -> None:
        """Select where a layer, with its edits, is opaque."""
        document = self._documents.document
        self.find(
            lambda control: from_coverage(self._seen.pixels(document, layer, control)[..., 3])
        )

    # --- Changes that are previewed ---

    def begin_trial(self, text: str) -> Trial:
        """For `try_change` and `try_range`: each shows its result in place of the last."""
        return Trial(self._documents, text)

    def try_change(self, trial: Trial, change: SelectionChange, params: Any) -> None:
        """Show what a change makes of the selection that there was before the trial."""
        selection = trial.before.selection
        if selection is not None:
            before = selection
            self._try(trial, lambda _control: changed(before, change, params))

    def try_range(self, trial: Trial, params: ColorRange) -> None:
        """Show the selection of a range of colors of the whole picture."""
        document = trial.before

        def find(control: RunControl) -> Raster | None:
            distance = self._seen.distance(document, params.color, control)
            alpha = self._seen.pixels(document, None, control)[..., 3]
            return from_coverage(range_coverage(distance, alpha, params))

        self._try(trial, find)

    def prepare_object(self) -> None:
        """Look at the picture before the first stroke, so that it is answered sooner."""
        document = self._documents.document
        if document.layers:
            work = once(lambda control: self._seen.superpixels(document, control))
            self._lane.submit(Job(work, priority=-1))

    def try_object(self, trial: Trial, strokes: Sequence[Stroke], how: Combine) -> None:
        """Show the selection of the object that the strokes mean."""
        document, strokes = trial.before, tuple(strokes)

        def find(control: RunControl) -> Raster | None:
            cut = self._seen.superpixels(document, control)
            pixels = self._seen.pixels(document, None, control)
            return combined(document.selection, select_object(pixels, cut, strokes), how)

        self._try(trial, find)

    def _try(self, trial: Trial, find: Find) -> None:
        self._latest.request(
            once(find),
            lambda found: trial.show(replace(trial.before, selection=found)),
            on_failed=self._notifications.failed,
        )

    # --- Kept under a name ---

    def save(self, name: str) -> None:
        """Keep the selection under a name; one of that name is replaced."""
        document, selection = self._documents.document, self.selection
        if selection is None or not name.strip():
            return
        others = tuple(kept for kept in document.saved_selections if kept.name != name.strip())
        kept = (*others, SavedSelection(name.strip(), selection))
        self._documents.commit(replace(document, saved_selections=kept), "Save selection")

    def load(self, name: str) -> None:
        """Select what was kept under a name."""
        self._documents.set_selection(self._kept(name).raster)

    def forget(self, name: str) -> None:
        document, gone = self._documents.document, self._kept(name)
        others = tuple(kept for kept in document.saved_selections if kept is not gone)
        self._documents.commit(replace(document, saved_selections=others), "Delete selection")

    def _kept(self, name: str) -> SavedSelection:
        saved = self._documents.document.saved_selections
        return next(kept for kept in saved if kept.name == name)

    # --- What is selected of the active layer ---

    def copy_to_layer(self) -> None:
        """Put a copy of it on a layer above."""

        def work(control: RunControl, layer: Layer, document: Document) -> tuple[Layer, ...]:
            return (layer, replace(lifted(layer, document, control), name=f"{layer.name} copy"))

        self._replace_active(work, "Copy to new layer")

    def cut_to_layer(self, *, deselect: bool = False) -> None:
        """Move it to a layer above."""

        def work(control: RunControl, layer: Layer, document: Document) -> tuple[Layer, ...]:
            cut = replace(lifted(layer, document, control), name=f"{layer.name} cut")
            return (without_selected(layer, document, control), cut)

        self._replace_active(work, "Cut to new layer", deselect=deselect)

    def erase(self) -> None:
        """Make it transparent."""
        self._replace_active(
            lambda control, layer, document: (without_selected(layer, document, control),),
            "Delete selected pixels",
        )

    def _replace_active(
        self,
        work: Callable[[RunControl, Layer, Document], tuple[Layer, ...]],
        text: str,
        *,
        deselect: bool = False,
    ) -> None:
        """Layers made in the lane take the active one's place, unless it was changed meanwhile."""
        documents = self._documents
        layer, before = documents.active_layer, documents.document
        if layer is None or before.selection is None:
            return

        def take(layers: tuple[Layer, ...]) -> None:
            document = documents.document
            if document.has_layer(layer.id) and document.layer(layer.id) is layer:
                selection = None if deselect else document.selection
                changed = replace(_with_layers(document, layer, layers), selection=selection)
                documents.commit(changed, text)
                documents.set_active(layers[-1].id)

        self._lane.submit(
            Job(
                once(lambda control: work(control, layer, before)),
                on_event=take,
                on_failed=self._notifications.failed,
            )
        )


def _with_layers(document: Document, layer: Layer, layers: tuple[Layer, ...]) -> Document:
    """`layers` in place of `layer`."""
    index = document.index_of(layer.id)
    document = document.update_layer(layer.id, lambda _: layers[0])
    for above, added in enumerate(layers[1:], 1):
        document = document.with_layer(added, index + above)
    return document
