"""Variations of a layer, on a fake engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from studio.app.edit_steps import add_step
from studio.app.layer_rendering import render_document
from studio.app.layer_variations import VariationSettings, vary_layer
from studio.app.studio import Studio
from studio.core.document import Group
from studio.core.latent import LatentPoint
from studio.core.neighbors import variations
from tests.support.studios import add_layer, open_model
from tests.support.waiting import wait_until_calm


def test_a_generated_layer_is_varied_with_all_that_was_done_to_it(
    studio: Studio, qtbot: QtBot
) -> None:
    open_model(studio, qtbot)
    layer_id = add_layer(studio, "Otter", seed=3)
    studio.documents.move_layer(layer_id, 30, 40)
    add_step(studio.documents, "invert")
    before = studio.documents.document
    vary_layer(studio, VariationSettings(count=3))
    wait_until_calm(qtbot, studio)
    document = studio.documents.document
    group = document.layers[-1]
    made = document.members(group.id)
    assert isinstance(group, Group)
    assert [layer.name for layer in made] == ["Variation 3", "Variation 2", "Variation 1"]
    assert [layer.visible for layer in document.layers] == [False, False, False, True, True]
    assert studio.documents.active_id == made[-1].id
    assert len({layer.provenance.point for layer in made}) == 3
    for layer in made:
        assert (layer.x, layer.y, layer.edits[0].operation) == (30, 40, "invert")
    studio.documents.undo_stack.undo()
    assert studio.documents.document == before


def test_any_layer_is_varied_by_what_the_model_can_make_of_it(studio: Studio, qtbot: QtBot) -> None:
    sha256 = open_model(studio, qtbot)
    layer_id = add_layer(studio, "Photo")
    studio.documents.move_layer(layer_id, 100, 50)
    vary_layer(studio, VariationSettings(count=2))
    wait_until_calm(qtbot, studio)
    shown = studio.documents.active_layer
    assert shown is not None
    assert shown.provenance.model == sha256
    alpha = render_document(studio.documents.document)[..., 3]
    assert alpha[50:66, 100:116].min() > 0.9
    assert alpha.sum() == pytest.approx(16 * 16, abs=1)


def test_a_missing_model_is_told(studio: Studio, qtbot: QtBot) -> None:
    told: list[str] = []
    studio.notifications.posted.connect(lambda note: told.append(note.message))
    add_layer(studio, "Otter", seed=3)
    vary_layer(studio, VariationSettings())
    assert told == ["There is no model to vary this layer with."]


def test_variations_are_as_far_as_they_shall_be_and_others_with_another_seed() -> None:
    center = replace(LatentPoint.of_seed(5, 0.7), noise_seed=9)
    near, far = (variations(center, 3, difference, 0) for difference in (0.1, 0.6))
    assert {point.noise_seed for point in near} == {9}
    assert [point.weights[0] for point in near] == pytest.approx([0.9] * 3)
    assert [point.weights[0] for point in far] == pytest.approx([0.4] * 3)
    others = variations(center, 3, 0.1, 1)
    assert not {p.anchors[1].seed for p in near} & {p.anchors[1].seed for p in others}
