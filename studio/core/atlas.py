"""A map of a model's latent space: landmarks on a plane, and the point at any place of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.latent import LatentPoint, Vector

CELLS = 10  # thumbnails in a row and in a column
_NEAREST = 4  # landmarks that a place is a blend of
_MARGIN = 0.04
_TAIL = 2.0  # percent of landmarks on each side that lie at the edge
_BLUR = 3  # cells of the density, one sigma

Place = tuple[float, float]
Places = NDArray[np.float32]  # [N, 2], 0 to 1 from the top left


@dataclass(frozen=True, slots=True)
class Projection:
    """The plane in which vectors differ most (PCA), stretched over 0 to 1."""

    mean: Vector
    axes: NDArray[np.float32]  # [2, D]
    low: Vector  # [2]
    high: Vector  # [2]

    @classmethod
    def of(cls, vectors: Sequence[Vector]) -> Projection:
        """Of three vectors or more."""
        rows = np.stack(vectors).astype(np.float32)
        mean = rows.mean(axis=0)
        axes = np.linalg.svd(rows - mean, full_matrices=False)[2][:2]
        signs = np.sign(axes[np.arange(2), np.abs(axes).argmax(axis=1)])
        axes = axes * signs[:, None]  # else the map could come out mirrored the next time
        flat = (rows - mean) @ axes.T
        low, high = np.percentile(flat, (_TAIL, 100.0 - _TAIL), axis=0).astype(np.float32)
        return cls(mean, axes, low, high)

    def places(self, vectors: Sequence[Vector]) -> Places:
        """Where vectors lie; those beyond the edge lie on it."""
        flat = (np.stack(vectors) - self.mean) @ self.axes.T
        share = (flat - self.low) / np.maximum(self.high - self.low, 1e-9)
        places: Places = np.clip(_MARGIN + share * (1.0 - 2.0 * _MARGIN), 0.0, 1.0)
        return places.astype(np.float32)


@dataclass(frozen=True)
class LatentMap:
    """Landmarks of a model: `points` of one seed each, and their `places`.

    `looks [N, L]` are small pictures of them.
    """

    points: tuple[LatentPoint, ...]
    places: Places
    projection: Projection
    looks: NDArray[np.float32]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What `of_arrays` makes the map of again."""
        plane = self.projection
        return {
            "seeds": np.array([point.seed for point in self.points], np.int64),
            "places": self.places,
            "plane": np.stack([plane.mean, *plane.axes]),
            "range": np.stack([plane.low, plane.high]),
            "looks": self.looks.astype(np.float16),
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> LatentMap:
        """The inverse of `arrays`.

        Raises:
            KeyError, ValueError: they are not those of a map.
        """
        seeds, places = arrays["seeds"], arrays["places"]
        (mean, *axes), (low, high) = arrays["plane"], arrays["range"]
        if len(axes) != 2 or places.shape != (len(seeds), 2) or not len(seeds):
            raise ValueError("not a map")
        return cls(
            tuple(LatentPoint.of_seed(int(seed)) for seed in seeds),
            places,
            Projection(mean, np.stack(axes), low, high),
            arrays["looks"].astype(np.float32),
        )

    def places_of_looks(self, looks: Sequence[Vector]) -> Places:
        """Where pictures belong that the model did not make: near what looks most like them.

        Among the nearest landmarks, weighted by the inverse of the squared distance.
        """
        rows = np.stack(looks)
        products = rows @ self.looks.T
        away = (rows**2).sum(axis=1)[:, None] - 2 * products + (self.looks**2).sum(axis=1)
        nearest = np.argsort(away, axis=1)[:, :_NEAREST]
        weights = 1.0 / np.maximum(np.take_along_axis(away, nearest, axis=1), 1e-9)
        weights /= weights.sum(axis=1, keepdims=True)
        places: Places = (weights[..., None] * self.places[nearest]).sum(axis=1)
        return places.astype(np.float32)

    def point_at(self, place: Place) -> LatentPoint:
        """A blend of the nearest landmarks that changes smoothly with the place.

        Weights of Franke and Nielson (1980): ``((R - d) / (R d))²``, where ``R`` is the distance
        to the first landmark that no longer counts.
        """
        away = np.linalg.norm(self.places - np.array(place, np.float32), axis=1)
        nearest = [int(index) for index in np.argsort(away)[: _NEAREST + 1]]
        if away[nearest[0]] < 1e-6:
            return self.points[nearest[0]]
        reach = max(float(away[nearest[-1]]), 1e-6)
        kept = nearest[:-1]
        weights = ((reach - away[kept]) / (reach * away[kept])) ** 2
        if weights.sum() <= 0.0:
            return self.points[kept[0]]
        return LatentPoint.blend([self.points[i] for i in kept], [float(w) for w in weights])

    def thumbnails(self) -> dict[int, tuple[int, int]]:
        """A landmark for each cell that has any, the one nearest to its middle: (row, column)."""
        column, row = np.minimum((self.places * CELLS).astype(int), CELLS - 1).T
        off = np.abs(self.places * CELLS - np.floor(self.places * CELLS) - 0.5).max(axis=1)
        chosen: dict[tuple[int, int], int] = {}
        for index in np.argsort(off, kind="stable"):
            chosen.setdefault((int(row[index]), int(column[index])), int(index))
        return {index: cell for cell, index in chosen.items()}

    def unexplored(self, visited: Sequence[Place]) -> int:
        """The landmark that is farthest from everything visited."""
        if not visited:
            return int(np.linalg.norm(self.places - 0.5, axis=1).argmax())
        away = self.places[:, None] - np.array(visited, np.float32)[None]
        return int(np.linalg.norm(away, axis=2).min(axis=1).argmax())


def density(places: Places, side: int) -> NDArray[np.float32]:
    """How crowded the plane is, ``[side, side]`` with rows from the top, 1 where it is most."""
    edges = np.linspace(0.0, 1.0, side + 1)
    counts = np.histogram2d(places[:, 1], places[:, 0], bins=(edges, edges))[0]
    reach = np.arange(-3 * _BLUR, 3 * _BLUR + 1)
    kernel = np.exp(-0.5 * (reach / _BLUR) ** 2)
    for axis in (0, 1):
        counts = np.apply_along_axis(np.convolve, axis, counts, kernel, mode="same")
    share: NDArray[np.float32] = (counts / max(1e-9, counts.max())).astype(np.float32)
    return share
