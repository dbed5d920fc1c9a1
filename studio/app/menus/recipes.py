"""Adjust: recipes of edits, for this layer and for many pictures."""

from __future__ import annotations

from studio.app.action import Action, Context
from studio.app.menus import when
from studio.app.menus.adjust import MENU


def _save(context: Context) -> None:
    layer = context.studio.documents.active_layer
    if layer is None:
        return
    if name := context.shell.ask_text("Save edits as a recipe", layer.name):
        context.studio.recipes.save(name)


def _apply(context: Context) -> None:
    if recipe := context.shell.ask_recipe():
        context.studio.recipes.apply(recipe)


ACTIONS = (
    Action(
        "recipe.save",
        "Save Edits as Recipe…",
        MENU,
        _save,
        icon="save",
        section=1,
        enabled=when.has_edits,
        tip="Keep the edits of this layer to apply them to others",
    ),
    Action(
        "recipe.apply",
        "Recipes…",
        MENU,
        _apply,
        ("Ctrl+Alt+R",),
        "history",
        section=1,
        enabled=when.has_layer,
        tip="Apply the edits that were kept under a name",
    ),
    Action(
        "recipe.batch",
        "Batch…",
        MENU,
        lambda context: context.shell.show_batch(()),
        ("Ctrl+Alt+B",),
        "images",
        section=1,
        tip="The same edits for a folder of pictures",
    ),
)
