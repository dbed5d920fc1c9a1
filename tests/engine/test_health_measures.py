"""What a training measures about itself, each figure against a plain way to get it."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from studio.engine.health.distance import distance_levels
from studio.engine.health.diversity import alikeness, closeness, cover
from studio.engine.health.leaks import LeakDetector
from studio.engine.health.nearest import CopyDetector, Gallery, Known
from studio.engine.health.overfit import held_out_place
from studio.engine.health.pixels import VIEW, chunks, reduced, shrunk, some_of
from studio.engine.health.similarity import similarity


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).random((40, 32, 32, 3), np.float32)


def test_reduced_pictures_are_means_of_areas(noise):
    blocks = noise.reshape(40, 16, 2, 16, 2, 3).mean(axis=(2, 4))
    np.testing.assert_allclose(reduced(noise, 16), blocks, atol=1e-6)
    assert reduced(noise[:, :30, :20], 16).shape == (40, 16, 16, 3)
    assert reduced(noise[:, :5], 16).shape == (40, 5, 16, 3)
    np.testing.assert_allclose(reduced(noise[:, :30], 7).mean(), noise[:, :30].mean(), atol=1e-5)
    for side in (30, 25, 12):
        part = noise[:, :side]
        np.testing.assert_allclose(shrunk(shrunk(part, 20), 10), shrunk(part, 10), atol=1e-6)
    chosen = np.array([3, 7])
    np.testing.assert_array_equal(reduced(noise, 8, chosen), reduced(noise, 8)[chosen])


def test_pictures_are_premultiplied_and_finite():
    pixels = np.full((2, 8, 8, 4), 255, np.uint8)
    pixels[1, ..., 3] = 51
    (batch,) = chunks(pixels)
    assert batch[1, 0, 0].tolist() == pytest.approx([0.2, 0.2, 0.2, 0.2])
    straight = pixels / np.float32(255)
    straight[0, 0, 0] = np.nan
    (again,) = chunks(straight)
    np.testing.assert_allclose(again[1], batch[1])
    assert not again[0, 0, 0].any()
    assert np.isnan(straight[0, 0, 0]).all()


def test_distance_is_that_of_sorted_projections_of_normalized_patches():
    """Pictures of one patch: then the patches are known, and there is one level."""
    rng = np.random.default_rng(1)
    a, b = rng.random((2, 30, 7, 7, 1), np.float32)
    b = b**3
    x, y = (np.repeat(p.reshape(30, 49), 128, axis=0) for p in (a, b))
    x, y = ((p - p.mean()) / p.std() for p in (x, y))
    directions = rng.standard_normal((49, 1024))
    directions /= np.linalg.norm(directions, axis=0)
    expected = np.abs(np.sort(x @ directions, axis=0) - np.sort(y @ directions, axis=0)).mean()
    assert distance_levels(a, b) == pytest.approx([1000 * expected], rel=0.02)
    assert distance_levels(a, a) == [0.0]


def test_each_scale_has_its_own_distance(noise):
    """Noise that is gone at half the size differs on the finest level, and there most."""
    smooth = noise[:, ::2, ::2].repeat(2, axis=1).repeat(2, axis=2)
    checker = (np.indices((32, 32)).sum(axis=0) % 2 - 0.5)[..., None] * 0.4
    finest, coarsest = distance_levels(smooth, smooth + checker.astype(np.float32))
    assert finest > 100
    assert coarsest < 50


def test_similarity_is_that_of_scikit_image(noise):
    a, b = noise[:4], 0.7 * noise[:4] + 0.3 * noise[4:8]
    options = {"data_range": 1.0, "gaussian_weights": True, "sigma": 1.5}
    expected = [
        structural_similarity(x, y, channel_axis=2, use_sample_covariance=False, **options)
        for x, y in zip(a, b, strict=True)
    ]
    np.testing.assert_allclose(similarity(a, b), expected, atol=1e-5)


def test_coverage_and_density_count_neighborhoods():
    real = np.arange(10, dtype=np.float32).reshape(10, 1)
    assert cover(np.array([[4.4]], np.float32), real, k=1) == pytest.approx((0.2, 2.0))
    everywhere = cover(real, real, k=2)
    assert everywhere.coverage == 1.0
    assert cover(real + 100, real).density == 0.0


def test_pictures_that_are_alike_and_pictures_that_repeat(noise):
    assert alikeness(noise[:1].repeat(9, axis=0)) == pytest.approx(1.0, abs=1e-4)
    assert alikeness(noise) < 0.1
    assert closeness(noise[np.arange(40) % 3]) == pytest.approx(0.0, abs=1e-3)
    assert closeness(noise) > 0.3


def test_held_out_scores_lie_between_training_and_fakes():
    rng = np.random.default_rng(2)
    training, fake = rng.normal(2, 0.1, (50, 1)), rng.normal(-2, 0.1, (50, 1))
    assert held_out_place(training, training[:9], fake) == pytest.approx(1.0, abs=0.03)
    assert held_out_place(training, rng.normal(-1, 0.1, 9), fake) == pytest.approx(0.25, abs=0.03)
    assert held_out_place(training, fake - 9, fake) == 0.0
    assert held_out_place(fake, training, fake) is None
    assert held_out_place(training, training, np.full(9, np.nan)) is None


# --- Nearest pictures and leaks, on small pictures with a top, a left and a color of their own ---


def shapes(count: int, seed: int) -> np.ndarray:
    """A bright corner that is always the same, and a soft pattern that never is."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 120, (count, 4, 4, 3))
    pixels = coarse.repeat(8, axis=1).repeat(8, axis=2).astype(np.uint8)
    pixels[:, :16, :8] = (250, 220, 160)
    return pixels


def views(pixels: np.ndarray) -> np.ndarray:
    return reduced(pixels, VIEW)


@pytest.fixture(scope="module")
def detectors():
    training, held_out = shapes(200, 0), shapes(20, 1)
    rng = np.random.default_rng(0)
    gallery = Gallery(training, rng)
    known = Known.of(training, held_out, gallery, rng)
    return training, CopyDetector(gallery, known), LeakDetector(gallery, known)


def test_copies_are_found_with_what_they_are_copies_of(detectors):
    training, copies, _ = detectors
    noise = np.random.default_rng(3).integers(-9, 10, training.shape)
    found = copies.nearest(views(np.clip(training + noise, 0, 255).astype(np.uint8)[50:]))
    assert [item.index for item in found] == list(range(50, 200))
    assert all(item.is_copy and item.novelty < 0.3 for item in found)


def test_other_pictures_of_the_kind_are_no_copies(detectors):
    _, copies, _ = detectors
    found = copies.nearest(views(shapes(100, 5)))
    assert sum(item.is_copy for item in found) <= 5
    assert np.median([item.novelty for item in found]) == pytest.approx(1.0, abs=0.1)


def test_where_pictures_were_mirrored_a_mirrored_one_is_no_leak():
    rng = np.random.default_rng(0)
    gallery = Gallery(shapes(200, 0), rng)
    known = Known.of(shapes(200, 0), shapes(20, 1), gallery, rng)
    leaks = LeakDetector(gallery, known, mirrored=True)
    samples = shapes(100, 6)[:, :, ::-1]
    assert leaks.worst(views(samples)).share < 0.1
    assert leaks.worst(views(samples[:, ::-1])).share > 0.3


def test_some_of_mirrored_pictures_are_drawn_from_both_ways_round():
    pictures = shapes(20, 0)
    both = some_of(pictures, 40, np.random.default_rng(0), mirrored=True)
    assert np.array_equal(both, np.concatenate([pictures, pictures[:, :, ::-1]]))
    assert len(some_of(pictures, 40, np.random.default_rng(0))) == 20


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("mirrored", lambda batch: batch[:, :, ::-1]),
        ("upside down", lambda batch: batch[:, ::-1]),
        ("turned around", lambda batch: batch[:, ::-1, ::-1]),
        ("turned left", lambda batch: np.rot90(batch, 1, (1, 2))),
        ("turned right", lambda batch: np.rot90(batch, -1, (1, 2))),
        ("inverted", lambda batch: 255 - batch),
        ("shifted", lambda batch: np.pad(batch, ((0, 0), (4, 0), (0, 0), (0, 0)))[:, :32]),
    ],
)
def test_each_leak_is_found_by_name(detectors, kind, change):
    _, _, leaks = detectors
    samples = shapes(100, 6)
    assert leaks.worst(views(samples)).share < 0.1
    leak = leaks.worst(views(change(samples)))
    assert leak.kind == kind
    assert leak.share > 0.3
