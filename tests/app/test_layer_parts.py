"""From the tree of layers to the pieces that are composited."""

import random
from dataclasses import replace

import numpy as np
import pytest

from studio.app.layer_forms import LayerForms
from studio.app.layer_parts import PartMaker
from studio.app.layer_rendering import plain_form
from studio.core.compositor import flatten
from studio.core.document import Document, EditStep, Group, Layer, arranged
from studio.core.image import Image
from studio.core.raster import Raster
from studio.edits.render_cache import RenderCache, Rendered


def any_document(seed: int) -> Document:
    """Layers with edits, some in groups, groups in groups; some hidden, some clipped."""
    chance, layers = random.Random(seed), []
    for number in range(12):
        looks = {
            "visible": chance.random() < 0.7,
            "clipped": chance.random() < 0.4,
            "opacity": chance.choice((0.0, 0.5, 1.0)),
            "group": str(chance.randrange(12)) if chance.random() < 0.6 else "",
            "id": str(number),
        }
        if chance.random() < 0.4:
            through = chance.random() < 0.5
            edits = (EditStep("invert", enabled=chance.random() < 0.7),)
            edits = edits if chance.random() < 0.5 else ()
            layers.append(Group(Raster(8, 8), pass_through=through, edits=edits, **looks))
        else:
            layers.append(Layer(Raster(4, 4), edits=(EditStep("invert"),), **looks))
    return Document(8, 8, arranged(layers))


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_the_layers_that_are_shown_are_those_that_are_rendered(first: int) -> None:
    """Else the canvas would wait for ever for what it never sees."""
    for seed in range(first, first + 100):
        document, seen, forms = any_document(seed), set[str](), LayerForms()

        def note(
            layer: Layer,
            _rendered: Rendered,
            seen: set[str] = seen,
            forms: LayerForms = forms,
        ) -> None:
            seen.add(layer.id)
            forms.learn(layer, plain_form(layer))

        PartMaker(document, 0, seen=note).parts()
        shown = {
            layer.id
            for layer in document.layers
            if not isinstance(layer, Group) and document.is_shown(layer)
        }
        edited = {layer.id for layer in document.layers if isinstance(layer, Group)} & seen
        assert seen - edited == shown, f"seed {seed}"
        assert not forms.any_unseen(document), f"seed {seed}"
        assert all(document.layer(layer_id).is_edited for layer_id in edited), f"seed {seed}"


SHADOW = EditStep("drop_shadow", {"distance": 9.0, "angle": 0.0, "radius": 0.0})
FLIP = EditStep("flip")


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("edits", [(SHADOW,), (FLIP, SHADOW), (SHADOW, FLIP)])
def test_a_shadow_is_cast_by_what_the_mask_shows(
    edits: tuple[EditStep, ...], grouped: bool
) -> None:
    """The same as if the mask had been applied to the pixels first."""
    pixels = np.full((20, 30, 4), 200, np.uint8)
    shows = np.zeros((20, 30, 1), np.uint8)
    shows[5:, 20:] = 255
    cut = pixels & (shows | np.array((255, 255, 255, 0), np.uint8))
    page = np.zeros((40, 60, 1), np.uint8)
    page[10:30, 15:45] = shows

    def seen(raster: Raster, *, masked: bool) -> Image:
        layer = Layer(raster, x=15, y=10, id="a")
        if grouped:
            mask = Raster.from_pixels8(page) if masked else None
            group = Group(Raster(60, 40), mask=mask, edits=edits, id="g")
            layers: tuple[Layer, ...] = (replace(layer, group="g"), group)
        else:
            mask = Raster.from_pixels8(shows) if masked else None
            layers = (replace(layer, mask=mask, edits=edits),)
        document, cache = Document(60, 40, layers), RenderCache()
        first, again = (
            flatten(PartMaker(document, 0, cache=cache).parts(), document.rect) for _ in range(2)
        )
        np.testing.assert_array_equal(first, again)
        return first

    masked = seen(Raster.from_pixels8(pixels), masked=True)
    applied = seen(Raster.from_pixels8(cut), masked=False)
    assert (applied[..., :3].max(axis=2) < 0.1).any(where=applied[..., 3] > 0.1), "a shadow"
    np.testing.assert_allclose(masked * masked[..., 3:], applied * applied[..., 3:], atol=1e-3)
