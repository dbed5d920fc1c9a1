"""What searches through a model's latent space tell on their way."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.direction import Direction
from studio.core.image import Image
from studio.core.latent import LatentPoint


@dataclass(frozen=True)
class DirectionsFound:
    """`directions` are those found so far, after a `share` (0 to 1) of the work."""

    share: float
    directions: tuple[Direction, ...]


@dataclass(frozen=True)
class Inverted:
    """The point that reproduces a picture best so far, after a `share` (0 to 1) of the work.

    `image` is what the model makes of it; `likeness` is its multi-scale structural similarity to
    what was asked for, 1 where they are the same: how reachable the picture is. There is none of
    them before a first guess.
    """

    share: float
    point: LatentPoint | None = None
    image: Image | None = None
    likeness: float = 0.0
