"""A fake engine that can be held, so that tests can look at what is only there for moments.

The fixtures are there for every test: `engine`, and `studio` that runs on it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.studio import Studio
from studio.core.control import RunControl
from studio.engine.api import (
    DatasetEvent,
    DatasetSpec,
    Measured,
    Sampled,
    TrainingEvent,
    TrainingRun,
)
from tests.support.fakes import FakeEngine


class PatientEngine(FakeEngine):
    """Holds before training, after its first samples (where it measures: after the measurement),
    and after each picture taken in.

    Each of the three events lets it go on; cancelling does too.
    """

    def __init__(self, steps: int = 6) -> None:
        super().__init__(steps)
        self.may_start = threading.Event()
        self.may_go_on = threading.Event()
        self.may_take_in = threading.Event()
        self.may_take_in.set()

    def let_all_go(self) -> None:
        for event in (self.may_start, self.may_go_on, self.may_take_in):
            event.set()

    def train(self, run: TrainingRun, control: RunControl) -> Iterator[TrainingEvent]:
        _hold(self.may_start, control)
        for event in super().train(run, control):
            yield event
            if isinstance(event, Measured if self.verdicts else Sampled):
                _hold(self.may_go_on, control)

    def build_dataset(
        self, spec: DatasetSpec, folder: Path, control: RunControl
    ) -> Iterator[DatasetEvent]:
        for event in super().build_dataset(spec, folder, control):
            yield event
            _hold(self.may_take_in, control)


def _hold(event: threading.Event, control: RunControl) -> None:
    while not event.wait(0.005) and not control.cancelled:
        pass


@pytest.fixture
def engine() -> PatientEngine:
    return PatientEngine()


@pytest.fixture
def studio(qtbot: QtBot, engine: PatientEngine) -> Iterator[Studio]:
    """Every lane ends with the test."""
    studio = Studio(lambda: engine)
    yield studio
    engine.let_all_go()
    studio.close()
