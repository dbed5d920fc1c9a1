"""The verdict: on real pictures in place of samples, and on courses that trainings take."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from scipy.ndimage import gaussian_filter

from studio.engine.health.measure import Reference, Scores, measure
from studio.engine.health.report import HealthReport
from studio.engine.health.verdict import RECENT, verdict

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"


def read(pattern: str, mode: str, count: int, size: int) -> np.ndarray:
    files = np.random.default_rng(0).permutation(sorted(SAMPLES.glob(pattern)))[:count]
    return np.stack([np.asarray(Pillow.open(f).convert(mode).resize((size, size))) for f in files])


# --- Real pictures: 80 to train on, 16 held out, 64 others that stand for samples ---


@pytest.fixture(scope="module")
def geese():
    return np.split(read("goose/*.jpg", "RGB", 160, 64), [80, 96])


@pytest.fixture(scope="module")
def reference(geese):
    training, held_out, other = geese
    return Reference(training, held_out, count=len(other))


@pytest.fixture(scope="module")
def good(reference, geese):
    return reference.measure(geese[2])


def as_is(_training, other):
    return other


def noisy_copies(training, _other):
    noise = np.random.default_rng(1).normal(0, 8, training.shape)
    return np.clip(training + noise, 0, 255).astype(np.uint8)


def shifted_copies(training, _other):
    return np.roll(training, 2, axis=2)


def some_copies(training, other):
    return np.where(np.arange(64)[:, None, None, None] % 5, other, training[:64])


def three(_training, other):
    return other[np.arange(64) % 3]


def one_with_a_trace_of_others(_training, other):
    return (0.9 * other[:1] + 0.1 * other).astype(np.uint8)


def blurred(_training, other):
    return gaussian_filter(other, (0, 2, 2, 0))


def mixed(_training, other):
    return (0.6 * other + 0.4 * np.roll(other, 1, axis=0)).astype(np.uint8)


def noise(_training, other):
    return np.random.default_rng(2).integers(0, 256, other.shape, np.uint8)


@pytest.mark.parametrize(
    ("made", "kind", "after_good"),
    [
        (as_is, "good", "good"),
        (noisy_copies, "memorizing", "memorizing"),
        (shifted_copies, "memorizing", "memorizing"),
        (some_copies, "memorizing", "memorizing"),
        (three, "learning", "collapsed"),
        (one_with_a_trace_of_others, "learning", "collapsed"),
        (blurred, "learning", "diverged"),
        (mixed, "learning", "learning"),
        (noise, "learning", "diverged"),
    ],
)
def test_real_pictures_in_place_of_samples(reference, geese, good, made, kind, after_good):
    report = reference.measure(made(*geese[::2]))
    assert verdict([report] * RECENT).kind == kind
    assert verdict([good] * RECENT + [report] * RECENT).kind == after_good


def test_a_run_that_never_leaves_a_few_pictures_has_collapsed(reference, geese):
    report = reference.measure(three(*geese[::2]))
    assert verdict([report] * 3).kind == "learning"
    assert verdict([report] * 8).kind == "collapsed"


def test_worse_pictures_are_farther(reference, geese, good):
    soft, softest = (
        reference.measure(gaussian_filter(geese[2], (0, sigma, sigma, 0))) for sigma in (1, 2)
    )
    assert good.ratio < 1.15 < soft.ratio < softest.ratio
    assert good.excess < soft.excess < softest.excess / 1.5


def test_a_leak_is_told_whatever_the_verdict(reference, geese):
    report = reference.measure(geese[2][:, ::-1])
    told = verdict([report] * RECENT)
    assert told.role == "warn"
    assert report.leak_kind == "upside down"
    assert "upside down" in told.text
    assert "upside down" in told.advice


def test_a_training_on_mirrored_pictures_is_judged_by_both_ways_round(geese):
    training, held_out, other = geese
    reference = Reference(training, held_out, mirrored=True)
    assert reference.count == 160
    new = np.concatenate([other, other[:, :, ::-1], held_out, held_out[:, :, ::-1]])
    report = reference.measure(new)
    assert verdict([report] * RECENT).kind == "good"
    assert verdict([report] * RECENT).role != "warn"
    copied = reference.measure(noisy_copies(np.concatenate([training[:, :, ::-1]] * 2), None))
    assert copied.copies > 0.9
    assert verdict([report] * RECENT + [copied] * RECENT).kind == "memorizing"


def test_nearest_training_picture(reference, geese):
    training, _, other = geese
    found = reference.nearest(training[5:9])
    assert [(item.index, item.is_copy) for item in found] == [(n, True) for n in range(5, 9)]
    assert sum(item.is_copy for item in reference.nearest(other)) <= 3


def test_the_same_pictures_and_seed_give_the_same_report(reference, geese, good):
    training, held_out, other = geese
    assert measure(other, training, held_out) == good
    as_images = [picture.astype(np.float32) / 255 for picture in other]
    assert reference.measure(as_images).distance == pytest.approx(good.distance)


def test_a_report_goes_through_json(reference, geese):
    rng = np.random.default_rng(0)
    scores = Scores(rng.normal(1, 1, 80), rng.normal(0, 1, 16), rng.normal(-1, 1, 64))
    report = reference.measure(geese[2], scores)
    assert report.held_out_place == pytest.approx(0.5, abs=0.2)
    assert HealthReport.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_icons_with_alpha():
    icons = read("food_and_animals/*.png", "RGBA", 160, 32)
    training, held_out, other = np.split(icons, [80, 96])
    reference = Reference(training, held_out, count=64)
    plain = reference.measure(other)
    assert verdict([plain] * RECENT).kind == "good"
    hidden = np.where(other[..., 3:] > 0, other, np.uint8(99))
    hidden[..., 3] = other[..., 3]
    assert reference.measure(hidden) == plain
    opaque = other.copy()
    opaque[..., 3] = 255
    assert reference.measure(opaque).excess > 100


@pytest.mark.parametrize("shape", [(40, 24, 1), (4, 4, 3), (17, 75, 4), (128, 64, 3)])
def test_any_size_and_few_pictures(shape):
    rng = np.random.default_rng(0)
    training, held_out, samples = (rng.random((n, *shape), np.float32) for n in (4, 2, 9))
    report = measure(samples, training, held_out)
    figures = [value for value in report.to_json().values() if isinstance(value, float)]
    assert len(figures) == 13
    assert np.isfinite(figures).all()


def test_too_few_pictures_are_refused(geese):
    with pytest.raises(ValueError, match="3 training"):
        Reference(geese[0][:3], geese[1])


def test_broken_pictures_are_divergence_at_once(reference, geese):
    broken = geese[2].astype(np.float32) / 255
    broken[3, 0, 0] = np.nan
    report = reference.measure(broken)
    assert report.broken == pytest.approx(1 / 64)
    assert verdict([report]).kind == "diverged"


# --- Courses of a training ---

GOOD = HealthReport(
    distance=30.0,
    distance_floor=28.0,
    distance_levels=(30.0,),
    floor_levels=(28.0,),
    coverage=0.96,
    coverage_floor=0.97,
    density=1.0,
    density_floor=1.0,
    alikeness=0.16,
    alikeness_floor=0.15,
    variety=0.95,
    novelty=1.0,
    copies=0.01,
    leak=0.0,
    leak_kind="mirrored",
)


def course(*distances: float) -> list[HealthReport]:
    return [replace(GOOD, distance=float(distance)) for distance in distances]


def test_nothing_is_said_before_there_are_three_measurements():
    assert verdict([]).kind == "learning"
    assert verdict([replace(GOOD, variety=0.0, copies=1.0)] * 2).kind == "learning"


def test_getting_better_is_learning_until_it_is_good():
    falling = course(*np.geomspace(400, 30, 30))
    kinds = [verdict(falling[: n + 1]).kind for n in range(30)]
    assert set(kinds[:-6]) == {"learning"}
    assert kinds[-1] == "good"


def test_no_progress_in_a_third_of_the_time_is_a_stall():
    wavering = 1 + 0.04 * np.random.default_rng(0).standard_normal(30)
    assert verdict(course(*(80 * wavering))).kind == "stalled"
    assert verdict(course(*(np.geomspace(160, 80, 30) * wavering))).kind == "learning"
    assert verdict(course(*(80 * wavering[:9]))).kind == "learning"


@pytest.mark.parametrize(
    "odd",
    [
        {"distance": 400.0},
        {"variety": 0.0, "coverage": 0.1, "copies": 0.9, "novelty": 0.1},
        {"leak": 0.9},
        {"held_out_place": 0.0},
    ],
)
def test_one_odd_measurement_changes_nothing(odd):
    steady = [GOOD] * 9
    for place in range(9):
        history = [*steady[:place], replace(GOOD, **odd), *steady[place + 1 :]]
        assert verdict(history) == verdict(steady)


def test_learning_by_heart_shows_in_the_discriminator_while_samples_get_worse():
    best = course(60, 50, 45, 45, 45)
    by_heart = [replace(r, held_out_place=0.1) for r in course(70, 70, 70)]
    assert verdict(best + by_heart).kind == "memorizing"
    assert verdict(best + course(70, 70, 70)).kind == "learning"
    assert verdict([replace(r, held_out_place=0.1) for r in best]).kind == "learning"


def test_falling_back_to_a_multiple_of_the_best_is_divergence():
    assert verdict(course(60, 50, 45, 45, 45, 120, 150, 150)).kind == "diverged"
    assert verdict(course(60, 50, 45, 45, 45, 60, 60, 60)).kind == "learning"


def test_copies_drawn_at_random_meet_and_are_still_memorizing():
    repeated = replace(GOOD, variety=0.05, coverage=0.9, copies=0.95, novelty=0.1)
    assert verdict([repeated] * 8).kind == "memorizing"
    assert verdict([replace(repeated, coverage=0.3)] * 8).kind == "collapsed"
