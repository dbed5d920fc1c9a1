"""Frames of an animation: exact count, perfect loops, arcs that are arcs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core.arcs import slerp
from studio.core.latent import LatentPoint, z_of_seed
from studio.core.timeline import EASINGS, KeyFrame, Orbit, Timeline

DIM = 64
KEYS = tuple(KeyFrame(LatentPoint.of_seed(seed, 0.8), 0.5) for seed in (1, 2, 3))


def vector(point: LatentPoint) -> np.ndarray:
    """As a model without a mapping has it, but without the restored length."""
    parts = [
        np.asarray(a.vector, np.float32) if a.seed is None else z_of_seed(a.seed, DIM)
        for a in point.anchors
    ]
    return sum(weight * part for weight, part in zip(point.weights, parts, strict=True))


def find(points, _space):
    return [vector(point) for point in points]


def steps_of(timeline: Timeline) -> np.ndarray:
    rows = np.stack([vector(point) for point in timeline.frames(find)])
    return np.linalg.norm(np.roll(rows, -1, axis=0) - rows, axis=1)


@pytest.mark.parametrize("fps", [12, 24, 30])
@pytest.mark.parametrize("loop", [True, False])
def test_there_are_exactly_as_many_frames_as_told(fps: int, loop: bool) -> None:
    timeline = Timeline(KEYS, fps=fps, loop=loop)
    assert timeline.frame_count == round((1.5 if loop else 1.0) * fps)
    assert len(timeline.frames(find)) == timeline.frame_count


@pytest.mark.parametrize("space", ["w", "z"])
@pytest.mark.parametrize("way", ["straight", "round"])
def test_the_last_frame_of_a_loop_neighbors_the_first(way, space) -> None:
    keys = tuple(replace(key, easing="linear") for key in KEYS)
    steps = steps_of(Timeline(keys, fps=24, way=way, space=space))
    assert steps[-1] <= 1.05 * steps[:-1].max()
    assert steps.min() > 0


def test_an_open_timeline_starts_and_ends_at_its_keys() -> None:
    frames = Timeline(KEYS, fps=24, loop=False).frames(find)
    assert frames[0].anchors == KEYS[0].point.anchors
    assert frames[-1] == KEYS[-1].point


@pytest.mark.parametrize("space", ["w", "z"])
def test_a_circle_is_even_comes_back_and_starts_at_its_center(space) -> None:
    center = LatentPoint.of_seed(5, 0.7)
    timeline = Timeline(orbit=Orbit(center, radius=0.5, seconds=2.0, seed=3), fps=24, space=space)
    frames = timeline.frames(find)
    assert len(frames) == 48
    assert np.allclose(vector(frames[0]), vector(center), atol=1e-5)
    steps = steps_of(timeline)
    assert steps.max() < 1.2 * steps.min()
    assert all(frame.truncation == center.truncation for frame in frames)


def test_easing_holds_and_goes_smoothly() -> None:
    def shares(easing):
        keys = (KeyFrame(LatentPoint.of_seed(1), 1.0, easing), KeyFrame(LatentPoint.of_seed(2)))
        frames = Timeline(keys, fps=10, loop=False).frames(find)
        return [
            dict(zip(f.anchors, f.weights, strict=True)).get(keys[1].point.anchors[0], 0.0)
            for f in frames
        ]

    assert shares("hold") == [0.0] * 9 + [1.0]
    for easing in EASINGS:
        assert shares(easing) == sorted(shares(easing)), f"{easing} goes back"
    linear = shares("linear")
    assert np.allclose(linear, np.linspace(0, 1, 10), atol=1e-6)
    assert shares("in")[3] < linear[3] < shares("out")[3]


def test_truncation_is_animated() -> None:
    keys = (
        KeyFrame(LatentPoint.of_seed(1, 0.2), 1.0, "linear"),
        KeyFrame(LatentPoint.of_seed(2, 1.0)),
    )
    told = [frame.truncation for frame in Timeline(keys, fps=5, loop=False).frames(find)]
    assert told == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


def test_an_arc_keeps_the_length_and_the_angle() -> None:
    first, second = np.eye(3, dtype=np.float32)[:2] * 2.0
    middle = slerp(first, second, 1 / 3)
    assert np.linalg.norm(middle) == pytest.approx(2.0, abs=1e-6)
    assert np.arctan2(middle[1], middle[0]) == pytest.approx(np.pi / 6, abs=1e-6)
    assert np.allclose(slerp(first, -first, 0.5), 0.0)  # no arc is the shortest: straight through


def test_what_is_known_in_w_only_goes_through_w() -> None:
    in_w = LatentPoint.of_vector(np.ones(DIM, np.float32), "w")
    asked = []

    def note(points, space):
        asked.append(space)
        return find(points, space)

    keys = (*KEYS, KeyFrame(in_w))
    Timeline(keys, way="round", space="z").frames(note)
    assert asked == ["w"]


def test_it_comes_back_from_json() -> None:
    timeline = Timeline(KEYS, Orbit(LatentPoint.of_seed(4), 0.3, 2.0, 1), 30, False, "round", "z")
    assert Timeline.from_json(timeline.to_json()) == timeline
    short = replace(timeline, keys=(*KEYS, KeyFrame(LatentPoint.of_vector([1.0, 2.0]))))
    assert short.fitted(DIM).keys == KEYS


def test_a_key_is_moved_between_its_neighbors_and_the_whole_is_stretched() -> None:
    timeline = Timeline(KEYS, loop=True)
    moved = timeline.with_key_at(1, 0.8)
    assert [moved.time_of(key) for key in range(3)] == pytest.approx([0.0, 0.8, 1.0])
    assert moved.seconds == timeline.seconds
    assert moved.with_key_at(1, 9.0).time_of(1) < 1.0
    assert timeline.with_key_at(0, 0.5) == timeline
    opened = replace(timeline, loop=False).with_key_at(2, 3.0)
    assert opened.seconds == pytest.approx(3.0)
    longer = moved.lasting(3.0)
    assert longer.seconds == pytest.approx(3.0)
    assert longer.time_of(1) == pytest.approx(1.6)
