"""Recipes of edits: named stacks of steps that can be applied to any picture.

One JSON file each, in the person's data folder, so that a recipe can be mailed and read. Masks are
the size of one picture and stay behind, and so do steps that work with another layer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studio.core.document import EditStep
from studio.core.files import read_json, told_as_studio_error, write_json_atomic
from studio.core.raster import Raster
from studio.errors import StudioError
from studio.paths import recipes_dir
from studio.project.manifest import MALFORMED, Json, step_from_json, step_to_json

SCHEMA = 1
SUFFIX = ".json"
MAX_STEPS = 200
MAX_BYTES = 1 << 20

_LONGEST_NAME = 80
_NOT_IN_NAMES = frozenset('/\\:*?"<>|') | {chr(code) for code in range(32)}


@dataclass(frozen=True, slots=True)
class EditRecipe:
    """Steps in the order in which they are applied."""

    name: str
    steps: tuple[EditStep, ...]


def recipe_of(name: str, steps: Iterable[EditStep]) -> EditRecipe:
    """The enabled ones of `steps` without what belongs to one picture.

    Raises:
        StudioError: nothing is left, or the name is none.
    """
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME or _NOT_IN_NAMES & set(name) or name[0] == ".":
        raise StudioError(
            f"“{name}” cannot be the name of a recipe.", "Use letters, digits, spaces and hyphens."
        )
    kept = [step for step in steps if step.enabled and not step.references]
    if not kept:
        raise StudioError(
            "There are no edits that a recipe could hold.",
            "Add one to the layer first; those that work with another layer stay behind.",
        )
    # Fixed ids: a step's randomness comes from its id, and a recipe does the same every time.
    return EditRecipe(
        name, tuple(replace(step, mask=None, id=str(n)) for n, step in enumerate(kept))
    )


def save_recipe(recipe: EditRecipe) -> Path:
    """Write the recipe into the library of recipes, over one of the same name.

    Raises:
        StudioError: the disk refused.
    """
    file = recipes_dir() / f"{recipe.name}{SUFFIX}"
    with told_as_studio_error("The recipe could not be saved"):
        file.parent.mkdir(parents=True, exist_ok=True)
    steps = [step_to_json(step, _no_raster) for step in recipe.steps]
    write_json_atomic(file, {"schema": SCHEMA, "name": recipe.name, "steps": steps})
    return file


def read_recipe(file: Path) -> EditRecipe:
    """A recipe from a file, perhaps somebody else's.

    Raises:
        StudioError: missing, damaged, or of a newer version.
    """
    data = read_json(file, MAX_BYTES)
    try:
        if int(data["schema"]) > SCHEMA:
            raise StudioError(f"“{file.name}” is of a newer version.", "Update the studio.")
        if len(data["steps"]) > MAX_STEPS:
            raise ValueError("too many steps")
        steps = tuple(step_from_json(step, _no_mask) for step in data["steps"])
        return recipe_of(str(data.get("name") or file.stem), steps)
    except MALFORMED as error:
        raise StudioError(
            f"“{file.name}” is not a recipe of edits.", "Save the edits as a recipe again."
        ) from error


def find_recipe(name: str) -> EditRecipe:
    """A recipe by its name in the library, or by its file.

    Raises:
        StudioError: there is none, or it is damaged.
    """
    for file in (recipes_dir() / f"{name}{SUFFIX}", Path(name)):
        if file.is_file():
            return read_recipe(file)
    known = ", ".join(recipe.name for recipe in list_recipes())
    raise StudioError(
        f"There is no recipe “{name}”.",
        f"There are: {known}." if known else "Save one from the edits of a layer.",
    )


def list_recipes() -> tuple[EditRecipe, ...]:
    """All recipes of the library by name; damaged ones are passed over."""
    found = []
    for file in sorted(recipes_dir().glob(f"*{SUFFIX}")):
        with contextlib.suppress(StudioError):
            found.append(read_recipe(file))
    return tuple(found)


def remove_recipe(name: str) -> None:
    """Take a recipe out of the library; nothing happens where it is not there."""
    with told_as_studio_error(f"The recipe “{name}” could not be removed"):
        (recipes_dir() / f"{name}{SUFFIX}").unlink(missing_ok=True)


def _no_raster(_raster: Raster) -> Json:
    raise ValueError("a recipe has no pixels")


def _no_mask(_data: Mapping[str, Any]) -> Raster:
    raise ValueError("a recipe has no pixels")
