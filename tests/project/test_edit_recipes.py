"""Recipes of edits are kept, found again, and never believed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.core.document import EditStep
from studio.core.raster import Raster
from studio.errors import StudioError
from studio.paths import recipes_dir
from studio.project.edit_recipes import (
    find_recipe,
    list_recipes,
    read_recipe,
    recipe_of,
    remove_recipe,
    save_recipe,
)

MASK = Raster.from_pixels8(np.full((4, 4, 1), 255, np.uint8))
STEPS = (
    EditStep("gaussian_blur", {"sigma": 2.0}, mask=MASK, opacity=0.5),
    EditStep("invert", enabled=False),
    EditStep("posterize"),
)


def test_a_recipe_comes_back_without_what_belongs_to_one_picture() -> None:
    saved = recipe_of(" Soft 柔 ", STEPS)
    save_recipe(saved)
    assert find_recipe("Soft 柔") == saved
    assert [step.operation for step in saved.steps] == ["gaussian_blur", "posterize"]
    assert saved.steps[0].mask is None
    assert saved.steps[0].opacity == 0.5
    assert list_recipes() == (saved,)
    remove_recipe("Soft 柔")
    assert list_recipes() == ()


def test_a_recipe_is_found_by_its_file(tmp_path: Path) -> None:
    file = save_recipe(recipe_of("Soft", STEPS)).rename(tmp_path / "mailed.json")
    assert find_recipe(str(file)).name == "Soft"


def test_one_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(StudioError, match=r"no recipe “Hard”\. Save one"):
        find_recipe("Hard")
    save_recipe(recipe_of("Soft", STEPS))
    with pytest.raises(StudioError, match="There are: Soft"):
        find_recipe("Hard")


@pytest.mark.parametrize("name", ["", "  ", "../x", "a/b", ".hidden", "x" * 200, "a\nb"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(StudioError, match="cannot be the name"):
        recipe_of(name, STEPS)


def test_nothing_to_keep_is_one_sentence() -> None:
    with pytest.raises(StudioError, match="no edits"):
        recipe_of("Empty", (EditStep("invert", enabled=False),))


@pytest.mark.parametrize(
    "data",
    [
        [],
        {},
        {"schema": 9, "steps": []},
        {"schema": 1, "steps": [{}]},
        {"schema": 1, "steps": [{"operation": "invert", "mask": {"sha256": "../x"}}]},
        {"schema": 1, "steps": [{"operation": "invert"}] * 1000},
        {"schema": 1, "name": "../../x", "steps": [{"operation": "invert"}]},
    ],
)
def test_a_recipe_of_somebody_else_is_read_with_care(tmp_path: Path, data: object) -> None:
    (tmp_path / "a.json").write_text(json.dumps(data))
    with pytest.raises(StudioError):
        read_recipe(tmp_path / "a.json")
    recipes_dir().mkdir(parents=True)
    (recipes_dir() / "a.json").write_text(json.dumps(data))
    assert list_recipes() == ()
