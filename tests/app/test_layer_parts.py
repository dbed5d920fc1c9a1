"""From the tree of layers to the pieces that are composited."""

import random

import pytest

from studio.app.layer_forms import LayerForms
from studio.app.layer_parts import PartMaker
from studio.app.layer_rendering import plain_form
from studio.core.document import Document, EditStep, Group, Layer, arranged
from studio.core.raster import Raster
from studio.edits.render_cache import Rendered


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
