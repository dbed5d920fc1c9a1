"""What searches through a model's latent space tell on their way."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.direction import Direction


@dataclass(frozen=True)
class DirectionsFound:
    """`directions` are those found so far, after a `share` (0 to 1) of the work."""

    share: float
    directions: tuple[Direction, ...]
