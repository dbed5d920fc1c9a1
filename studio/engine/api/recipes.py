"""Ready choices of family and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """A ready choice of family and settings under a name that a designer understands."""

    id: str
    title: str
    summary: str
    family: str
    config: Mapping[str, Any] = field(default_factory=dict)
    minutes: float = 10.0


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
        "Quick GAN",
        "Sharp and inventive. Needs more minutes, gives new pictures in the style of yours.",
        "stylegan",
        minutes=10.0,
    ),
)


def recipe(recipe_id: str) -> Recipe:
    """The recipe of that id.

    Raises:
        KeyError: there is none.
    """
    return next(item for item in RECIPES if item.id == recipe_id)
