"""When a run reports, shows pictures, saves and ends. Time decides nothing else of a run."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from studio.engine.api import Progress, TrainingRun

REPORT_SECONDS = 0.25  # each costs the window a repaint, on a core that trains
CHECKPOINT_SECONDS = 30.0
_FIRST_CHECKPOINT_SECONDS = 5.0  # a kill in the first half minute costs little, but annoys
_MEASURE_SECONDS = (45.0, 300.0)  # between two examinations, at least and at most
_MEASURE_SHARE = 0.04  # of the time may go into them
_FIRST_MEASURE_SHARE = 0.1  # of the time before it; nobody knows what it will take, so it is
_GRIDS_A_MEASURE = 16  # taken for as long as so many sample grids
_FIRST_MINUTE = 60.0
_SAMPLE_SECONDS = (4.0, 9.0)  # between two grids in the first minute, at least and at most
_LONGEST_SAMPLE_SECONDS = 60.0
_SAMPLE_SHARE = 0.02  # of the time may go into sample grids
_SPEED_WINDOW = 8.0  # s


@dataclass(frozen=True)
class Budget:
    """How long to train: minutes or steps, whichever ends first; both count resumed parts."""

    minutes: float | None
    steps: int | None

    @classmethod
    def of(cls, run: TrainingRun) -> Budget:
        return cls(run.minutes, run.steps)

    def fraction(self, seconds: float, step: int) -> float:
        by_time = seconds / (60 * self.minutes) if self.minutes is not None else 0.0
        by_steps = step / self.steps if self.steps is not None else 0.0
        return min(1.0, max(by_time, by_steps))

    def seconds_left(self, seconds: float, step: int, steps_per_second: float) -> float:
        """Until the first of both is reached; 0 while the speed is not known."""
        left = []
        if self.minutes is not None:
            left.append(60 * self.minutes - seconds)
        if self.steps is not None and steps_per_second > 0:
            left.append((self.steps - step) / steps_per_second)
        return max(0.0, min(left, default=0.0))


class Clock:
    """Training seconds, without pauses, with what was trained before a resume."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since = time.perf_counter()

    @property
    def seconds(self) -> float:
        return self._seconds + time.perf_counter() - self._since

    def stop(self) -> None:
        self._seconds = self.seconds

    def go(self) -> None:
        self._since = time.perf_counter()


class Alarm:
    """Rings when an interval has passed since it last rang."""

    def __init__(self, now: float) -> None:
        self._last = now

    def rings(self, now: float, interval: float) -> bool:
        if now - self._last < interval:
            return False
        self._last = now
        return True


class Pace:
    """The clock of one run, its speed, and what is due.

    Owns no thread: the trainer asks after each step.
    """

    def __init__(self, budget: Budget, seconds: float, dataset_count: int) -> None:
        self.clock = Clock(seconds)
        self._budget = budget
        self._count = dataset_count
        self._begun = seconds
        self._recent: deque[tuple[float, int, int]] = deque()
        self._report = Alarm(seconds)
        self._checkpoint = Alarm(seconds - CHECKPOINT_SECONDS + _FIRST_CHECKPOINT_SECONDS)
        self._next_sample = seconds
        self._next_measure = seconds + _MEASURE_SECONDS[0]
        self._measured = False

    def progress(self, step: int, images: int) -> Progress:
        """Where the run is now."""
        seconds = self.clock.seconds
        steps_per_second, images_per_second = self._speed(seconds, step, images)
        return Progress(
            step=step,
            images=images,
            passes=images / self._count,
            seconds=seconds,
            images_per_second=images_per_second,
            fraction=self._budget.fraction(seconds, step),
            seconds_left=self._budget.seconds_left(seconds, step, steps_per_second),
        )

    def over(self, step: int) -> bool:
        return self._budget.fraction(self.clock.seconds, step) >= 1.0

    def report_due(self) -> bool:
        return self._report.rings(self.clock.seconds, REPORT_SECONDS)

    def checkpoint_due(self) -> bool:
        return self._checkpoint.rings(self.clock.seconds, CHECKPOINT_SECONDS)

    def measure_due(self) -> bool:
        return self.clock.seconds >= self._next_measure

    def measured(self, cost: float) -> None:
        """An examination took `cost` seconds: plan the next, ever later as changes slow down."""
        self._measured = True
        now = self.clock.seconds
        soonest, latest = _MEASURE_SECONDS
        interval = max(soonest, min(now / 5, latest), cost / _MEASURE_SHARE)
        self._next_measure = now + interval

    def sample_due(self) -> bool:
        return self.clock.seconds >= self._next_sample

    def sampled(self, cost: float) -> None:
        """A grid was made and took `cost` seconds: plan the next one."""
        now = self.clock.seconds
        soonest, latest = _SAMPLE_SECONDS
        interval = max(soonest, cost / _SAMPLE_SHARE)
        if now - self._begun < _FIRST_MINUTE:
            interval = min(interval, latest)
        else:
            interval = max(interval, min((now - self._begun) / 12, _LONGEST_SAMPLE_SECONDS))
        self._next_sample = now + interval
        if not self._measured:
            wait = cost * _GRIDS_A_MEASURE / _FIRST_MEASURE_SHARE
            self._next_measure = self._begun + max(_MEASURE_SECONDS[0], wait)

    def _speed(self, seconds: float, step: int, images: int) -> tuple[float, float]:
        """Steps and images a second, over the last seconds."""
        if not self._recent or step > self._recent[-1][1]:
            self._recent.append((seconds, step, images))
        while len(self._recent) > 2 and seconds - self._recent[1][0] > _SPEED_WINDOW:
            self._recent.popleft()
        then, step_then, images_then = self._recent[0]
        span = seconds - then
        if step == step_then or span <= 0:
            return 0.0, 0.0
        return (step - step_then) / span, (images - images_then) / span
