"""What differs between two documents, found by identity, not declared by whoever made the edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from studio.core.document import Document, Group, Layer
from studio.core.image import Rect
from studio.core.raster import Raster

MANY_TILES = 16  # changed tiles: from here on the rectangle around them is cheaper to follow


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
    def shares_layers(self) -> bool:
        """Whether what was seen before says anything about what is to be seen now."""
        before, after = self.before, self.after
        return not before.layers or any(before.has_layer(layer.id) for layer in after.layers)

    @property
    def reordered(self) -> bool:
        """Whether layers that are in both documents lie over one another in another order."""
        old, new = (
            [layer.id for layer in document.layers] for document in (self.before, self.after)
        )
        both = set(old) & set(new)
        return [i for i in old if i in both] != [i for i in new if i in both]

    @property
    def selection(self) -> bool:
        return self.before.selection is not self.after.selection

    @property
    def explorer(self) -> bool:
        return self.before.explorer is not self.after.explorer

    @property
    def aids(self) -> bool:
        """What is no part of the picture: guides, selections that were kept, the resolution."""
        before, after = self.before, self.after
        kept_alike = before.saved_selections is after.saved_selections
        return before.guides is not after.guides or not kept_alike or before.dpi != after.dpi

    @property
    def repainted(self) -> frozenset[str]:
        """Ids of layers (old or new, no groups) whose contribution to the picture changed."""
        old, new = _contributions(self.before), _contributions(self.after)
        changed = {i for i in old.keys() | new.keys() if not _alike(old.get(i), new.get(i))}
        if self.reordered:
            changed |= old.keys() | new.keys()
        return frozenset(_with_dependents(changed, self.after))

    def only_pixels(self, layer_id: str) -> bool:
        """Whether no more than px of the layer or of its mask changed, and where it has them."""
        if not (self.before.has_layer(layer_id) and self.after.has_layer(layer_id)):
            return False
        if self.reordered:
            return False
        old, new = self.before.layer(layer_id), self.after.layer(layer_id)
        rest = _contribution(self.before, old)[2:], _contribution(self.after, new)[2:]
        return (
            not (new.edits or self.after.edited_groups(new))
            and _alike(*rest)
            and _same_size(old.raster, new.raster)
            and _same_size(old.shown_mask, new.shown_mask)
        )

    def repainted_rects(self, layer_id: str) -> list[Rect]:
        """Where a layer whose pixels alone changed has others, in document px; few of them.

        Tiles that are not the same object any more are taken for changed.
        """
        before, after = self.before.layer(layer_id), self.after.layer(layer_id)
        rects = [
            rect.translated(after.x, after.y)
            for old, new in ((before.raster, after.raster), (before.shown_mask, after.shown_mask))
            if old is not None and new is not None and old is not new
            for index, rect in new.tile_rects(new.rect)
            if old.tile(index) is not new.tile(index)
        ]
        return rects if len(rects) <= MANY_TILES else [Rect.around(rects)]

    @property
    def is_empty(self) -> bool:
        seen = self.resized or self.layers or self.selection
        return not (seen or self.explorer or self.aids)


_Contribution: TypeAlias = tuple[Any, ...]


def _contributions(document: Document) -> Mapping[str, _Contribution]:
    """By layer: all that decides how it is seen, pixels first, to be compared by identity."""
    return {
        layer.id: _contribution(document, layer)
        for layer in document.layers
        if not isinstance(layer, Group)
    }


def _contribution(document: Document, layer: Layer) -> _Contribution:
    made_of = (layer.raster, layer.shown_mask, layer.edits, *_looks(document, layer))
    for group in document.groups_of(layer):
        if not document.is_plain(group):
            passing = document.passes_through(group)
            made_of += (*_looks(document, group), group.shown_mask, group.edits, passing)
    return made_of


def _looks(document: Document, layer: Layer) -> _Contribution:
    looks = (layer.x, layer.y, layer.opacity, layer.visible, layer.blend)
    base = document.clip_base(layer)
    return looks if base is None else (*looks, base.id, base.visible)


def _same_size(old: Raster | None, new: Raster | None) -> bool:
    return old is new or (old is not None and new is not None and old.rect == new.rect)


def _alike(old: _Contribution | None, new: _Contribution | None) -> bool:
    if old is None or new is None or len(old) != len(new):
        return False
    return all(first is second for first, second in zip(old, new, strict=True))


def _with_dependents(changed: set[str], document: Document) -> set[str]:
    """`changed`, and every layer whose edits work with the pixels of one of them."""
    refers = {
        layer.id: frozenset().union(*(step.references for step in layer.edits if step.enabled))
        for layer in document.layers
        if layer.edits
    }
    while more := {key for key, ids in refers.items() if ids & changed} - changed:
        changed = changed | more
    return changed
