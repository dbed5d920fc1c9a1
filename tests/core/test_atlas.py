"""The map of latent space: what is alike lies together, and a drag goes smoothly."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.atlas import CELLS, LatentMap, Projection, density
from studio.core.latent import LatentPoint


def two_wide_axes(count: int) -> np.ndarray:
    """Vectors of 20 numbers that differ much in two of them only."""
    spread = np.full(20, 0.05)
    spread[[4, 11]] = (3.0, 2.0)
    random = np.random.default_rng(count)
    return random.normal(size=(count, 20)).astype(np.float32) * spread.astype(np.float32)


@pytest.fixture
def found() -> LatentMap:
    vectors = two_wide_axes(300)
    projection = Projection.of(list(vectors))
    points = tuple(LatentPoint.of_seed(number) for number in range(300))
    looks = np.random.default_rng(1).normal(size=(300, 12)).astype(np.float32)
    return LatentMap(points, projection.places(list(vectors)), projection, looks)


def test_the_plane_is_that_of_the_widest_axes() -> None:
    projection = Projection.of(list(two_wide_axes(400)))
    assert abs(projection.axes[0][4]) > 0.99
    assert abs(projection.axes[1][11]) > 0.99
    places = projection.places(list(two_wide_axes(400)))
    assert places.min() >= 0.0
    assert places.max() <= 1.0
    assert np.allclose(np.median(places, axis=0), 0.5, atol=0.1)


def test_a_landmark_is_where_it_is_and_between_them_it_goes_smoothly(found: LatentMap) -> None:
    for index in (0, 17, 120):
        x, y = found.places[index]
        assert found.point_at((float(x), float(y))) == found.points[index]
    assert _jump(found, 4000) < 0.4 * _jump(found, 1000), "no landmark comes or goes at once"


def _jump(found: LatentMap, steps: int) -> float:
    """By how much the share of a landmark changes at most in one of so many steps."""
    shares = np.zeros((steps, len(found.points)))
    for row, t in zip(shares, np.linspace(0.2, 0.8, steps), strict=True):
        point = found.point_at((float(t), 0.5))
        for anchor, weight in zip(point.anchors, point.weights, strict=True):
            row[anchor.seed] = weight
    assert np.allclose(shares.sum(axis=1), 1.0)
    return float(np.abs(np.diff(shares, axis=0)).max())


def test_each_cell_shows_one_landmark_that_lies_in_it(found: LatentMap) -> None:
    chosen = found.thumbnails()
    assert len(set(chosen.values())) == len(chosen) > CELLS * CELLS / 3
    for index, (row, column) in chosen.items():
        x, y = found.places[index] * CELLS
        assert row <= y <= row + 1
        assert column <= x <= column + 1


def test_unexplored_is_far_from_what_was_visited(found: LatentMap) -> None:
    corner = (0.05, 0.05)
    x, y = found.places[found.unexplored([corner])]
    assert np.hypot(x - corner[0], y - corner[1]) > 0.6
    first = found.unexplored([])
    assert found.unexplored([tuple(map(float, found.places[first]))]) != first


def test_density_is_highest_where_most_are() -> None:
    crowd = np.full((50, 2), 0.2, np.float32)
    loner = np.array([[0.8, 0.8]], np.float32)
    shade = density(np.concatenate([crowd, loner]), 40)
    assert shade[8, 8] > 0.9
    assert 0.0 < shade[32, 32] < 0.1
    assert shade[32, 8] < 0.01


def test_pictures_from_elsewhere_lie_by_what_looks_like_them(found: LatentMap) -> None:
    looks = found.looks
    places = found.places_of_looks([looks[7] + 0.001, looks[30], (looks[7] + looks[30]) / 2])
    assert np.allclose(places[:2], found.places[[7, 30]], atol=0.01)
    assert 0.0 <= places.min() <= places.max() <= 1.0
