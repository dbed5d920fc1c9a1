"""When things are due, on a clock that the test turns."""

from __future__ import annotations

import itertools

import pytest

from studio.engine.pace import Budget, Pace


@pytest.fixture
def now(monkeypatch):
    time = [100.0]
    monkeypatch.setattr("time.perf_counter", lambda: time[0])
    return time


def test_the_first_of_minutes_and_steps_ends_a_run():
    budget = Budget(minutes=1.0, steps=100)
    assert budget.fraction(30.0, 10) == 0.5
    assert budget.fraction(30.0, 90) == 0.9
    assert budget.fraction(90.0, 0) == 1.0
    assert budget.seconds_left(30.0, 90, steps_per_second=5.0) == 2.0
    assert budget.seconds_left(59.0, 10, steps_per_second=5.0) == 1.0
    assert Budget(None, 100).seconds_left(30.0, 90, 0.0) == 0.0


def test_speed_is_that_of_the_last_seconds(now):
    pace = Pace(Budget(None, 1000), 0.0, 50)
    for step in range(40):
        now[0] += 1.0
        progress = pace.progress(step, step * 10)
    assert progress.images_per_second == pytest.approx(10.0)
    for step in range(40, 80):
        now[0] += 0.5
        progress = pace.progress(step, step * 10)
    assert progress.images_per_second == pytest.approx(20.0)
    assert progress.passes == 79 * 10 / 50


def test_asking_twice_at_one_step_does_not_change_the_speed(now):
    pace = Pace(Budget(None, 10), 0.0, 50)
    for step in range(3):
        now[0] += 20.0
        pace.progress(step, step * 10)
        progress = pace.progress(step, step * 10)
    assert progress.images_per_second == pytest.approx(0.5)


def test_grids_come_often_in_the_first_minute_and_rarer_later(now):
    pace = Pace(Budget(60.0, None), 0.0, 50)
    begun, shown = now[0], []
    while now[0] - begun < 1200:
        if pace.sample_due():
            pace.sampled(cost=0.2)
            shown.append(now[0] - begun)
        now[0] += 0.25
    gaps = [b - a for a, b in itertools.pairwise(shown)]
    assert shown[0] == 0.0
    assert max(gap for at, gap in zip(shown, gaps, strict=False) if at < 50) <= 10.0
    assert min(gap for at, gap in zip(shown, gaps, strict=False) if at > 60) >= 0.2 / 0.02
    assert 50 <= gaps[-1] <= 61


def test_a_costly_grid_still_comes_every_ten_seconds_in_the_first_minute(now):
    pace = Pace(Budget(60.0, None), 0.0, 50)
    pace.sampled(cost=3.0)
    now[0] += 9.5
    assert pace.sample_due()


def test_a_pause_does_not_count(now):
    pace = Pace(Budget(1.0, None), 10.0, 50)
    now[0] += 5.0
    pace.clock.stop()
    now[0] += 500.0
    pace.clock.go()
    now[0] += 5.0
    assert pace.clock.seconds == pytest.approx(20.0)


def test_checkpoints_are_due_every_half_minute(now):
    pace = Pace(Budget(60.0, None), 0.0, 50)
    due = 0
    for _ in range(300):
        now[0] += 1.0
        due += pace.checkpoint_due()
    assert 9 <= due <= 10


@pytest.mark.parametrize(("grid", "soonest"), [(0.1, 45.0), (0.6, 96.0)])
def test_a_first_examination_waits_until_it_takes_a_small_share_of_the_time(now, grid, soonest):
    pace = Pace(Budget(60.0, None), 0.0, 50)
    pace.sampled(cost=10 * grid)  # the first one is always slow
    pace.sampled(cost=grid)
    now[0] += soonest - 1.0
    assert not pace.measure_due()
    now[0] += 1.5
    assert pace.measure_due()
    pace.measured(cost=4.0)
    pace.sampled(cost=grid)
    now[0] += 99.0
    assert not pace.measure_due()
    now[0] += 1.5
    assert pace.measure_due()
