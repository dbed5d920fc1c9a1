"""Breeding pictures: parents, the children that they could have, and who came from whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.latent import LatentPoint, StyleMix, Vector
from studio.core.steering import LevelRange

LatentPoints: TypeAlias = tuple[LatentPoint, ...]

MOST_PARENTS = 4
LITTER = 12  # children on the sheet
COLORS = "colors"  # the lock that keeps them, whatever the levels do
_DRAWN = 5 * LITTER  # of which the sheet shows those that differ most
_EVEN = 1.2  # of the shares of parents: 1 draws all shares alike, more makes even ones likelier


@dataclass(frozen=True, slots=True)
class Birth:
    """A child that was chosen, and its parents."""

    child: LatentPoint
    parents: tuple[LatentPoint, ...]


@dataclass(frozen=True, slots=True)
class Breeding:
    """Who breeds, and who came from whom.

    `mutation` 0 to 1 is how much of a stranger is in each child, `litter` counts the sheets that
    these parents had. `locks` names what all children have from the first parent: the style of a
    group of levels (`level_groups`), or `COLORS`. `births` is the lineage: a graph without cycles,
    oldest first.
    """

    parents: tuple[LatentPoint, ...] = ()
    mutation: float = 0.2
    litter: int = 0
    locks: tuple[str, ...] = ()
    births: tuple[Birth, ...] = ()

    def drawn(self, groups: Mapping[str, LevelRange] = MappingProxyType({})) -> LatentPoints:
        """All children from which a sheet is chosen; always the same for the same parents.

        `groups` are those of the model's levels, which can be locked.
        """
        if not self.parents:
            return ()
        random = np.random.default_rng([self.litter, len(self.parents)])
        levels = [groups[name] for name in self.locks if name in groups]
        kept = tuple(StyleMix(self.parents[0], level) for level in levels)
        children = [self._child(random) for _ in range(_DRAWN)]
        return tuple(replace(child, mixes=(*child.mixes, *kept)) for child in children)

    def _child(self, random: np.random.Generator) -> LatentPoint:
        """Random shares of the parents, and of a stranger."""
        shares = random.dirichlet([_EVEN] * len(self.parents)) * (1.0 - self.mutation)
        stranger = LatentPoint.of_seed(int(random.integers(2**31)), prompt=self.parents[0].prompt)
        stranger = stranger.with_truncation(self.parents[0].truncation)
        mixed = LatentPoint.blend(
            (*self.parents, stranger), (*(float(share) for share in shares), self.mutation)
        )
        return replace(mixed, noise_seed=self.parents[0].noise_seed)

    def with_parent(self, point: LatentPoint) -> Breeding:
        """Another parent; where there are four already, it takes the place of the last."""
        if point in self.parents:
            return self
        return replace(self, parents=(*self.parents[: MOST_PARENTS - 1], point), litter=0)

    def without_parent(self, point: LatentPoint) -> Breeding:
        kept = tuple(parent for parent in self.parents if parent != point)
        return replace(self, parents=kept, litter=0)

    def with_birth(self, child: LatentPoint) -> Breeding:
        """Remember where `child` came from."""
        known = any(birth.child == child for birth in self.births)
        if known or child in self.parents:
            return self
        return replace(self, births=(*self.births, Birth(child, self.parents)))

    def parents_of(self, point: LatentPoint) -> tuple[LatentPoint, ...]:
        return next((b.parents for b in self.births if b.child == point), ())

    def generations(self) -> tuple[tuple[LatentPoint, ...], ...]:
        """All of the lineage: ancestors without parents first, children below all their parents."""
        depth: dict[LatentPoint, int] = {}
        for birth in self.births:
            for parent in birth.parents:
                depth.setdefault(parent, 0)
            depth[birth.child] = 1 + max(depth[parent] for parent in birth.parents)
        rows: list[list[LatentPoint]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
        for point, row in depth.items():
            rows[row].append(point)
        return tuple(map(tuple, rows))

    def fitted(self, dimension: int) -> Breeding:
        """What of it a model with latents of `dimension` numbers can show."""
        births = tuple(
            birth
            for birth in self.births
            if all(point.fits(dimension) for point in (birth.child, *birth.parents))
        )
        parents = tuple(point for point in self.parents if point.fits(dimension))
        return replace(self, parents=parents, births=births)

    def to_json(self) -> dict[str, Any]:
        """Every point once; parents and births count into `points`."""
        points = list(dict.fromkeys((*self.parents, *_points_of(self.births))))
        place = {point: index for index, point in enumerate(points)}
        return {
            "points": [point.to_json() for point in points],
            "parents": [place[point] for point in self.parents],
            "mutation": self.mutation,
            "litter": self.litter,
            "locks": list(self.locks),
            "births": [[place[b.child], *(place[p] for p in b.parents)] for b in self.births],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Breeding:
        """The inverse of `to_json`.

        Raises:
            KeyError, TypeError, ValueError: the data is none.
        """
        points = dict(enumerate(map(LatentPoint.from_json, data["points"])))
        births = tuple(
            Birth(points[child], tuple(points[parent] for parent in parents))
            for child, *parents in data["births"]
        )
        parents = tuple(points[int(place)] for place in data["parents"])
        locks = tuple(map(str, data.get("locks", ())))
        return cls(parents, float(data["mutation"]), int(data["litter"]), locks, births)


def farthest(vectors: Sequence[Vector], count: int) -> list[int]:
    """Which `count` of the vectors are most unlike one another.

    The one that is farthest from the middle, then always the one whose nearest chosen one is
    farthest away: at most twice as dense as the best choice (Gonzalez 1985).
    """
    rows = np.stack(vectors).astype(np.float64)
    nearest = np.linalg.norm(rows - rows.mean(axis=0), axis=1)
    chosen: list[int] = []
    while len(chosen) < min(count, len(rows)):
        best = int(np.argmax(nearest))
        away = np.linalg.norm(rows - rows[best], axis=1)
        nearest = np.minimum(nearest, away) if chosen else away
        chosen.append(best)
    return chosen


def alike(places: NDArray[np.floating[Any]], first: NDArray[np.floating[Any]]) -> list[int]:
    """Which places ``[N, D]`` are nearest to `first` ``[D]``: a third of them, in their order."""
    away = np.linalg.norm(places - first, axis=1)
    return sorted(int(place) for place in np.argsort(away, kind="stable")[: -(-len(places) // 3)])


def _points_of(births: Sequence[Birth]) -> list[LatentPoint]:
    return [point for birth in births for point in (birth.child, *birth.parents)]
