"""Recipes of edits in the window: kept from the active layer, applied to it, taken away."""

from __future__ import annotations

from dataclasses import replace

from studio.app.document_session import DocumentSession
from studio.app.notifications import Notifications
from studio.core.document import EditStep, new_id
from studio.edits.operation import OPERATIONS
from studio.errors import StudioError
from studio.project import edit_recipes
from studio.project.edit_recipes import EditRecipe


class EditRecipes:
    """The library of recipes, for the layer that is active. Lives in the GUI thread."""

    def __init__(self, documents: DocumentSession, notifications: Notifications) -> None:
        self._documents = documents
        self._notifications = notifications

    def all(self) -> tuple[EditRecipe, ...]:
        """Those of the library, by name; small files, read at once."""
        return edit_recipes.list_recipes()

    def of_layer(self) -> EditRecipe | None:
        """The active layer's edits, as they would be kept; None where there are none."""
        layer = self._documents.active_layer
        if layer is None:
            return None
        try:
            return edit_recipes.recipe_of("Edits of the layer", layer.edits)
        except StudioError:
            return None

    def save(self, name: str) -> None:
        """Keep the active layer's edits under a name.

        Raises:
            StudioError: there are none, the name is none, or the disk refused.
        """
        layer = self._documents.active_layer
        steps = layer.edits if layer else ()
        edit_recipes.save_recipe(edit_recipes.recipe_of(name, steps))
        hint = "Masks stayed behind." if any(step.mask for step in steps) else ""
        self._notifications.post(f"Saved the recipe “{name.strip()}”.", hint, "good")

    def apply(self, recipe: EditRecipe) -> None:
        """Add all steps to the active layer, as one step of the history."""
        layer = self._documents.active_layer
        if layer is None:
            return
        steps = tuple(replace(step, id=new_id()) for step in recipe.steps)
        changed = replace(layer, edits=(*layer.edits, *steps))
        document = self._documents.document.update_layer(layer.id, lambda _layer: changed)
        self._documents.commit(document, f"Apply {recipe.name}")

    def remove(self, recipe: EditRecipe) -> None:
        """Raises: StudioError."""
        edit_recipes.remove_recipe(recipe.name)


def spoken_steps(steps: tuple[EditStep, ...]) -> str:
    """What a recipe does: ``Gaussian blur, Posterize``; unknown operations by their id."""
    titles = (
        OPERATIONS[step.operation].title if step.operation in OPERATIONS else step.operation
        for step in steps
    )
    return ", ".join(titles)
