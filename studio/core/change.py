"""What differs between two documents, found by identity, not declared by whoever made the edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.document import Document, Layer

_LOOKS = ("raster", "x", "y", "opacity", "visible", "blend", "edits")


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """From `before` to `after`; the properties say who has to refresh."""

    before: Document
    after: Document

    @property
    def resized(self) -> bool:
        return (self.before.width, self.before.height) != (self.after.width, self.after.height)

    @property
    def layers(self) -> bool:
        """Anything about the layers: names and provenance too."""
        return self.before.layers is not self.after.layers

    @property
    def layers_came_or_went(self) -> bool:
        return {layer.id for layer in self.before.layers} != {
            layer.id for layer in self.after.layers
        }

    @property
    def selection(self) -> bool:
        return self.before.selection is not self.after.selection

    @property
    def explorer(self) -> bool:
        return self.before.explorer is not self.after.explorer

    @property
    def aids(self) -> bool:
        """What helps to work and is no part of the picture: guides, selections that were kept."""
        before, after = self.before, self.after
        kept_alike = before.saved_selections is after.saved_selections
        return before.guides is not after.guides or not kept_alike

    @property
    def repainted(self) -> frozenset[str]:
        """Ids of layers (old or new) whose contribution to the picture changed."""
        old = {layer.id: layer for layer in self.before.layers}
        new = {layer.id: layer for layer in self.after.layers}
        changed = {i for i in old.keys() | new.keys() if _looks_differ(old.get(i), new.get(i))}
        if [i for i in old if i in new] != [i for i in new if i in old]:  # order
            changed |= old.keys() | new.keys()
        return frozenset(_with_dependents(changed, new))

    @property
    def is_empty(self) -> bool:
        seen = self.resized or self.layers or self.selection
        return not (seen or self.explorer or self.aids)


def _looks_differ(old: Layer | None, new: Layer | None) -> bool:
    if old is None or new is None:
        return True
    if old is new:
        return False
    return any(getattr(old, name) is not getattr(new, name) for name in _LOOKS)


def _with_dependents(changed: set[str], layers: Mapping[str, Layer]) -> set[str]:
    """`changed`, and every layer whose edits work with the pixels of one of them."""
    refers = {
        key: frozenset().union(*(step.references for step in layer.edits if step.enabled))
        for key, layer in layers.items()
        if layer.edits
    }
    while more := {key for key, ids in refers.items() if ids & changed} - changed:
        changed = changed | more
    return changed
