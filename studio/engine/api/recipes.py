"""Ready choices of family and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """A ready choice of family and settings under a name that a designer understands.

    `transparent`: the pictures have to keep their transparency. `fine_tunes`: it starts from a
    model of the library, whose family and settings it takes.
    """

    id: str
    title: str
    summary: str
    family: str
    config: Mapping[str, Any] = field(default_factory=dict)
    minutes: float = 10.0
    transparent: bool = False
    fine_tunes: bool = False

    @property
    def prompt(self) -> str:
        """What the pictures must be asked for by: ``classes``, ``captions`` or ``none``."""
        return str(self.config.get("prompt", "none"))


RECIPES: tuple[Recipe, ...] = (
    Recipe(
        "quick-vae",
        "Quick VAE",
        "Soft but steady. Shows your pictures within a minute and can start from any of them.",
        "vae",
        minutes=5.0,
    ),
    Recipe(
        "quick-gan",
        "Sketch",
        "Sharp and inventive: new pictures in the style of yours, in minutes.",
        "stylegan",
    ),
    Recipe(
        "good",
        "Good",
        "The same with an hour to work out details. Stop whenever you like what you see.",
        "stylegan",
        minutes=60.0,
    ),
    Recipe(
        "best",
        "Best",
        "A larger network that learns overnight: for a few hundred pictures and more.",
        "stylegan",
        {"capacity": 3072, "max_channels": 384, "style_mixing": 0.5},
        minutes=480.0,
    ),
    Recipe(
        "icons",
        "Icons with alpha",
        "Emoji, stickers, logos: learns their shape and leaves the ground transparent.",
        "stylegan",
        minutes=20.0,
        transparent=True,
    ),
    Recipe(
        "textures",
        "Textures that tile",
        "Every picture repeats without a seam: for grounds and patterns.",
        "stylegan",
        {"tileable": True},
        minutes=20.0,
    ),
    Recipe(
        "captioned",
        "Captioned",
        "Learns what your captions mean, so that you can ask for pictures in words. A StackGAN, "
        "because it heeds words soonest.",
        "stackgan",
        {"prompt": "captions"},
        minutes=30.0,
    ),
    Recipe(
        "fine-tune",
        "Fine-tune",
        "Goes on from a model that you have, on these images: far quicker than from nothing.",
        "",
        {"freeze": 1},
        fine_tunes=True,
    ),
)


def recipe(recipe_id: str) -> Recipe:
    """The recipe of that id.

    Raises:
        KeyError: there is none.
    """
    return next(item for item in RECIPES if item.id == recipe_id)
