"""What searches through a model's latent space tell on their way."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.direction import Direction
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.core.region_mask import Move, Spot


@dataclass(frozen=True)
class DirectionsFound:
    """`directions` are those found so far, after a `share` (0 to 1) of the work."""

    share: float
    directions: tuple[Direction, ...]


@dataclass(frozen=True)
class Inverted:
    """The point that reproduces a picture best so far, after a `share` (0 to 1) of the work.

    `wanted` is what was asked for, as the model could make it: of its size and channels. `image` is
    what it makes of the point; `likeness` is its multi-scale structural similarity to `wanted`, 1
    where they are the same: how reachable the picture is. There is none of them before a first
    guess.
    """

    share: float
    point: LatentPoint | None = None
    image: Image | None = None
    likeness: float = 0.0
    wanted: Image | None = None


@dataclass(frozen=True)
class DragTask:
    """What is at the start of each of the `moves` shall be at its end, in the picture of a `point`.

    `free` is the mask (as a region's) of what may move, None for everything.
    """

    point: LatentPoint
    moves: tuple[Move, ...]
    free: bytes | None = None


@dataclass(frozen=True)
class Dragged:
    """Where dragged points have come so far: the latent, its picture, and the `handles` in it.

    `share` (0 to 1) is of the way or of the steps, whichever is further.
    """

    share: float
    point: LatentPoint
    image: Image
    handles: tuple[Spot, ...]
