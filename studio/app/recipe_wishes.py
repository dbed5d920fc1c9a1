"""What a recipe and a size need of the images and of the person, and what to say of it."""

from __future__ import annotations

from statistics import median

from studio.app.spoken import spoken_bytes, spoken_time
from studio.engine.api import DatasetInfo, Recipe

# What a picture costs a processor, as a multiple of one of 64 px: measured in training steps with
# the default settings, one thread, bfloat16.
_COSTS = {
    "stylegan": {256: 6, 512: 24, 1024: 155},
    "vae": {256: 3, 512: 8, 1024: 25},
}


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


def too_small(info: DatasetInfo, size: int) -> str:
    """What to say where the images were taken in smaller than is to be trained; else nothing."""
    if info.size >= size:
        return ""
    pixels = info.height * info.width * (size // info.size) ** 2
    space = spoken_bytes(info.count * info.channels * pixels)
    said = f"Your images were taken in at {info.size} px. At {size} px they need {space} of disk."
    if info.source_sizes and median(map(min, info.source_sizes)) < size:
        said += " Most of the files are smaller than that, and would look soft."
    return said


def patience(family: str, size: int, minutes: float, device: str) -> str:
    """How long a large size takes on a processor; else nothing."""
    cost = _COSTS.get(family, _COSTS["stylegan"]).get(size)
    if device != "cpu" or cost is None:
        return ""
    here, there = spoken_time(minutes * 60 * cost), spoken_time(minutes * 60)
    return (
        f"On a processor, what takes {there} at 64 px takes about {here} at {size} px. "
        "Train smaller and enlarge, or use a graphics card."
    )
