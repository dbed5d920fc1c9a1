"""Every recipe is something that the engine can do."""

from __future__ import annotations

import pytest

from studio.core.params import from_json, to_json
from studio.engine.api import RECIPES, load_engine, recipe
from studio.engine.family import FAMILIES


@pytest.mark.parametrize("recipe_id", [item.id for item in RECIPES if not item.fine_tunes])
def test_a_recipe_sets_what_its_family_knows(recipe_id: str) -> None:
    chosen = recipe(recipe_id)
    config = to_json(from_json(FAMILIES[chosen.family].config_type, chosen.config))
    assert chosen.config.items() <= config.items()


def test_ids_are_unique_and_the_first_ones_stay() -> None:
    ids = [item.id for item in RECIPES]
    assert len(set(ids)) == len(ids)
    assert {"quick-vae", "quick-gan"} <= set(ids)


def test_all_settings_can_be_asked_for_without_torch_types() -> None:
    engine = load_engine()
    settings = {spec.name: spec for spec in engine.settings("stylegan")}
    assert {"loss", "penalty", "augment", "tileable", "prompt"} <= settings.keys()
    assert "Relativistic" in settings["loss"].help
