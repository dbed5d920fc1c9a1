"""What is done to several layers at once: pure functions from document to document."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from studio.core.document import Document, EditStep, Group, Layer, SavedSelection, arranged, new_id
from studio.core.fill import FilledRaster
from studio.core.image import Rect
from studio.core.raster import Raster


def empty_group(document: Document, name: str) -> Group:
    """A group without members; its raster, and so its mask, has the document's size."""
    return Group(Raster(document.width, document.height), name)


def grouped(document: Document, layer_ids: Collection[str], group: Group) -> Document:
    """Layers put into a new `group`, which lies where the topmost of them was."""
    roots = document.roots(layer_ids)
    above = document.index_of(roots[-1].id) + 1 if roots else None
    return document.with_layer(group, above).moved_layers(layer_ids, group.id, 0)


def ungrouped(document: Document, group_id: str) -> Document:
    """The document without a group, its members in its place."""
    outer = document.layer(group_id).group
    members = {member.id for member in document.members(group_id)}
    layers = (
        replace(layer, group=outer) if layer.id in members else layer
        for layer in document.layers
        if layer.id != group_id
    )
    return replace(document, layers=tuple(layers))


def duplicated(document: Document, layer_ids: Collection[str]) -> tuple[Document, tuple[str, ...]]:
    """Each layer, with what is in it, once more above itself; and the ids of the copies."""
    copies = []
    for root in document.roots(layer_ids):
        branch = document.branch(root.id)
        ids = {layer.id: new_id() for layer in branch}
        made = [
            replace(item, id=ids[item.id], group=ids.get(item.group, item.group)) for item in branch
        ]
        made[-1] = replace(made[-1], name=f"{root.name} copy")
        at = document.index_of(root.id) + 1
        layers = (*document.layers[:at], *made, *document.layers[at:])
        document = replace(document, layers=arranged(layers))
        copies.append(made[-1].id)
    return document, tuple(copies)


def with_new_ids(document: Document) -> Document:
    """The same layers under other ids: they can lie beside those that they were made from."""
    ids = {layer.id: new_id() for layer in document.layers}
    layers = tuple(
        replace(layer, id=ids[layer.id], group=ids.get(layer.group, layer.group))
        for layer in document.layers
    )
    return replace(document, layers=layers)


def without_layers(document: Document, layer_ids: Collection[str]) -> Document:
    """The document without layers and what is in them."""
    for root in document.roots(layer_ids):
        document = document.without_layer(root.id)
    return document


def shifted(document: Document, layer_ids: Collection[str], dx: int, dy: int) -> Document:
    """Layers and what is in them moved by (dx, dy) px; what is locked in its place stays."""
    moved = {
        layer.id
        for root in document.roots(layer_ids)
        for layer in document.branch(root.id)
        if not document.is_locked(layer, "position")
    }
    if not moved or not (dx or dy):
        return document
    layers = tuple(
        replace(layer, x=layer.x + dx, y=layer.y + dy) if layer.id in moved else layer
        for layer in document.layers
    )
    return replace(document, layers=layers)


def resized(document: Document, width: int, height: int, dx: int = 0, dy: int = 0) -> Document:
    """The document on a canvas of another size, everything moved by (dx, dy) px.

    Fills and the masks of groups go on covering the canvas; what a mask gains is shown.
    """
    canvas = Rect(0, 0, width, height)
    selection = document.selection
    saved = tuple(
        SavedSelection(item.name, _on(item.raster, canvas, dx, dy))
        for item in document.saved_selections
    )
    return replace(
        document,
        width=width,
        height=height,
        layers=tuple(_layer_on(layer, canvas, dx, dy) for layer in document.layers),
        selection=None if selection is None else _on(selection, canvas, dx, dy),
        saved_selections=saved,
        guides=document.guides.shifted(dx, dy),
    )


def _layer_on(layer: Layer, canvas: Rect, dx: int, dy: int) -> Layer:
    if not isinstance(layer, Group) and layer.fill is None:
        return replace(layer, x=layer.x + dx, y=layer.y + dy) if dx or dy else layer
    width, height = canvas.width, canvas.height
    raster = FilledRaster(width, height, layer.fill) if layer.fill else Raster(width, height)
    x, y = layer.x + dx, layer.y + dy
    mask = layer.mask and _shown_on(layer.mask, canvas, x, y)
    edits = layer.edits if layer.fill else tuple(_step_on(it, canvas, x, y) for it in layer.edits)
    return replace(layer, raster=raster, mask=mask, edits=edits, x=0, y=0)


def _step_on(step: EditStep, canvas: Rect, dx: int, dy: int) -> EditStep:
    """A step of a group, whose mask lies where that of the group does."""
    return step if step.mask is None else replace(step, mask=_on(step.mask, canvas, dx, dy))


def _on(raster: Raster, canvas: Rect, dx: int, dy: int) -> Raster:
    """A raster of the canvas's size with `raster` at (dx, dy), transparent beside it."""
    if raster.rect == canvas and not (dx or dy):
        return raster
    return Raster.from_pixels8(raster.pixels8(canvas.translated(-dx, -dy)))


def _shown_on(mask: Raster, canvas: Rect, dx: int, dy: int) -> Raster:
    """The same of a mask, white beside it."""
    old = mask.rect.translated(dx, dy).intersect(canvas)
    white = Raster.solid(canvas.width, canvas.height, (1.0,))
    if old.is_empty:
        return white
    return white.with_patch(old.x, old.y, mask.pixels8(old.translated(-dx, -dy)))
