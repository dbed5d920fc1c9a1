"""Color spaces and moving colors from one picture to another."""

from __future__ import annotations

import numpy as np

from studio.core.color_transport import matched_moments, transport
from studio.core.oklab import from_oklab, to_oklab


def test_oklab_and_back_is_exact_and_gray_has_no_color() -> None:
    colors = np.random.default_rng(0).random((500, 3), np.float32)
    np.testing.assert_allclose(from_oklab(to_oklab(colors)), colors, atol=1e-3)
    lab = to_oklab(np.full((1, 3), 0.5, np.float32))
    np.testing.assert_allclose(lab[0, 1:], 0.0, atol=1e-3)
    np.testing.assert_allclose(to_oklab(np.ones((1, 3), np.float32)), [[1, 0, 0]], atol=1e-3)


def test_transport_gives_the_targets_distribution_even_where_it_is_not_normal() -> None:
    rng = np.random.default_rng(0)
    colors = rng.random((4000, 3), np.float32)
    two = np.array([[0.9, 0.1, 0.2], [0.1, 0.3, 0.8]], np.float32)
    target = two[rng.integers(0, 2, 3000)] + rng.normal(0, 0.01, (3000, 3)).astype(np.float32)
    moved = transport(colors, target)(colors)
    apart = np.linalg.norm(moved[:, None] - two, axis=2).min(axis=1)
    assert np.median(apart) < 0.05
    np.testing.assert_allclose(moved.mean(axis=0), target.mean(axis=0), atol=0.02)


def test_moments_are_matched_in_each_channel() -> None:
    rng = np.random.default_rng(0)
    target = rng.normal(0.3, 0.1, (900, 3)).astype(np.float32)
    colors = rng.random((500, 3), np.float32)
    moved = matched_moments(colors, target)(colors)
    np.testing.assert_allclose(moved.mean(axis=0), target.mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(moved.std(axis=0), target.std(axis=0), atol=1e-4)
