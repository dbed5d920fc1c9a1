"""Pictures around a picture: a small plane through it, spanned by two others."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.core.latent import LatentPoint

SIDE = 5  # pictures in a row and in a column; the center is in the middle
CENTER = SIDE * SIDE // 2
_FAR = 1_000_003  # from the seeds that people look at


@dataclass(frozen=True, slots=True)
class Neighborhood:
    """How far to look, and where to.

    With `radius` 1, the pictures in the middle of an edge are wholly others. `seed` picks the two
    that span the plane: who goes on in one direction sees the same change go on.
    """

    radius: float = 0.6
    seed: int = 0

    def around(self, center: LatentPoint) -> tuple[LatentPoint, ...]:
        """The sheet, row by row; at `CENTER` is the center itself."""
        across, down = (self._direction(center, number) for number in range(2))
        step, half = self.radius / (SIDE // 2), SIDE // 2
        offsets = [
            (x * step, y * step) for y in range(-half, half + 1) for x in range(-half, half + 1)
        ]
        blends = (
            LatentPoint.blend((center, across, down), (1.0 - x - y, x, y)) for x, y in offsets
        )
        sheet = [replace(blend, noise_seed=center.noise_seed) for blend in blends]
        sheet[CENTER] = center
        return tuple(sheet)

    def _direction(self, center: LatentPoint, number: int) -> LatentPoint:
        return _another(center, 2 * self.seed + number)


def variations(
    center: LatentPoint, count: int, difference: float, seed: int
) -> tuple[LatentPoint, ...]:
    """Points near `center`, each in a direction of its own; with a difference of 1, others."""
    others = (_another(center, count * seed + number) for number in range(count))
    shares = (1.0 - difference, difference)
    blends = (LatentPoint.blend((center, other), shares) for other in others)
    return tuple(replace(blend, noise_seed=center.noise_seed) for blend in blends)


def _another(center: LatentPoint, number: int) -> LatentPoint:
    """The picture of a seed that nobody looks at, asked for in the same words."""
    return LatentPoint.of_seed(_FAR + number, center.truncation, center.prompt)
