"""What a recipe needs of the images, and what to say where they lack it."""

from __future__ import annotations

from studio.engine.api import DatasetInfo, Recipe


def obstacle(recipe: Recipe, info: DatasetInfo) -> str:
    """Why a recipe cannot be trained on these images; else nothing."""
    if recipe.transparent and info.channels != 4:
        if info.transparent:
            return "This recipe needs the clear parts of your images, which became white."
        return "None of your images has clear parts, which this recipe is about."
    if recipe.prompt == "captions" and not any(info.captions):
        return "Your images have no captions: put a text file of the same name beside each."
    if recipe.prompt == "classes" and len(info.classes) < 2:
        return "Your images are of one class: sort them into a folder for each."
    return ""


def can_keep_transparency(recipe: Recipe, info: DatasetInfo) -> bool:
    """Whether taking the images in with their transparency is the way out."""
    return recipe.transparent and info.channels != 4 and info.transparent > 0
