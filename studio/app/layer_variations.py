"""Variations of a layer: what the model makes near its place, as layers in a group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from studio.app.lanes import Job, once
from studio.app.latent_layers import made_layer, nearest_point, steered
from studio.app.layer_rendering import render_single_layer
from studio.app.layer_transform import most_percent
from studio.app.studio import Studio
from studio.core.control import RunControl
from studio.core.document import Document, EditStep, Layer, new_id
from studio.core.image import Rect
from studio.core.layer_tree import empty_group, grouped
from studio.core.neighbors import variations
from studio.core.params import param
from studio.project import library


@dataclass(frozen=True)
class VariationSettings:
    """How many, and how unlike the layer they are."""

    count: int = param(4, "How many", 1, 16)
    difference: float = param(0.35, "Difference", 0.05, 1.0, 0.05, help="At 1 they are others.")
    seed: int = param(0, "Seed", 0, 9999, help="Another one varies something else.")


def vary_layer(studio: Studio, settings: VariationSettings) -> None:
    """Put a group of variations above the active layer, in the background.

    A layer that a model made is varied by that model; for any other, its place in the model of the
    explorer is searched for.
    """
    layer, document = studio.documents.active_layer, studio.documents.document
    if layer is None:
        return
    memory, point = studio.latent.memory, layer.provenance.point
    path = _model_of(studio, layer)
    if path is None:
        studio.notifications.post(
            "There is no model to vary this layer with.",
            "Choose one in Models, or train one on your images.",
        )
        return
    place = studio.canvas.rendered_rect(layer)

    def work(control: RunControl) -> list[Layer]:
        generator = memory.kept(path)
        center = point
        if center is None:
            seen = render_single_layer(layer, document, control)
            center = nearest_point(generator, seen, control)
        points = variations(center, settings.count, settings.difference, settings.seed)
        images = generator.sample(points, None, control)
        pairs = zip(images, points, strict=True)
        if point is not None:
            return [steered(layer, image, generator.card, near) for image, near in pairs]
        return [_stretched(made_layer(image, generator.card, near), place) for image, near in pairs]

    def place_all(made: list[Layer]) -> None:
        now = studio.documents.document
        if now.has_layer(layer.id):
            after, first = _with_variations(now, layer, made)
            studio.documents.commit(after, f"Variations of {layer.name}")
            studio.documents.set_active(first)

    job = Job(once(work), on_event=place_all, on_failed=studio.notifications.failed)
    studio.lanes["render"].submit(job)


def _model_of(studio: Studio, layer: Layer) -> Path | None:
    """The file of the model that made the layer; for what none made, of the one in view."""
    if layer.provenance.point is not None:
        return library.find_model(layer.provenance.model)
    return studio.latent.card.path if studio.latent.card is not None else None


def _with_variations(document: Document, layer: Layer, made: list[Layer]) -> tuple[Document, str]:
    """The group of variations above the layer, which is hidden; and the id of the first of them."""
    at = document.index_of(layer.id) + 1
    named = [
        replace(item, id=new_id(), name=f"Variation {number}", visible=number == 1)
        for number, item in enumerate(made, 1)
    ]
    for item in named:  # the first on top
        document = document.with_layer(item, at)
    group = empty_group(document, f"Variations of {layer.name}")
    document = grouped(document, [item.id for item in named], group)
    return document.update_layer(layer.id, lambda old: replace(old, visible=False)), named[0].id


def _stretched(layer: Layer, place: Rect) -> Layer:
    """The layer enlarged or reduced, without loss, to where another one is."""
    size = layer.raster
    percent = {
        "width": min(most_percent(), 100.0 * place.width / size.width),
        "height": min(most_percent(), 100.0 * place.height / size.height),
    }
    return replace(
        layer,
        x=place.x + (place.width - size.width) // 2,
        y=place.y + (place.height - size.height) // 2,
        edits=(EditStep("scale", percent),),
    )
