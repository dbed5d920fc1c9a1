"""What a run measured, and the moments that it kept, in the window's sessions."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.notifications import Notification
from studio.app.past_run import all_runs, thin_older
from studio.app.run_health import RunHealth
from studio.app.studio import Studio
from studio.app.time_machine import TimeMachine
from studio.engine.api import RECIPES, Verdict, kept_checkpoints
from tests.support.health import report_of
from tests.support.patient import PatientEngine

LEARNING = Verdict("learning", "ok", "It is still learning.", "Let it go on.")
STALLED = Verdict("stalled", "warn", "It has not become better.", "Stop and keep it.")


@pytest.fixture
def machine(
    studio: Studio, engine: PatientEngine, qtbot: QtBot, picture_folder: Path
) -> TimeMachine:
    """Of a project whose first run is over: three moments, at steps 1, 3 and 5."""
    engine.verdicts = (LEARNING, STALLED)
    engine.let_all_go()
    studio.project.create("Geese")
    studio.dataset.take_in([picture_folder])
    qtbot.waitUntil(lambda: studio.dataset.info is not None)
    train(studio, qtbot)
    return studio.time_machine


def train(studio: Studio, qtbot: QtBot) -> None:
    assert studio.dataset.info is not None
    studio.training.start(RECIPES[0], studio.dataset.info, 64, 5.0)
    qtbot.waitUntil(lambda: not studio.training.active)


def test_measurements_become_a_verdict_and_a_curve(machine: TimeMachine, studio: Studio) -> None:
    health = studio.training.health
    assert health.verdict == STALLED
    assert health.tone == "attention"
    assert health.proposal == "More time may not help"
    assert [ratio for _minutes, ratio in health.ratios] == [3.0, 2.5, 2.0]
    assert [moment.step for moment in machine.moments] == [1, 3, 5]
    assert machine.best is machine.moments[2]


def test_it_comes_back_with_the_project(machine: TimeMachine, studio: Studio, qtbot: QtBot) -> None:
    folder, moments, ratios = studio.project.folder, machine.moments, studio.training.health.ratios
    assert folder is not None
    studio.project.close()
    assert machine.moments == ()
    studio.project.open(folder)
    qtbot.waitUntil(lambda: machine.moments == moments)
    assert studio.training.health.ratios == ratios
    assert studio.training.health.verdict is not None
    assert studio.training.health.verdict.kind == "learning"  # three are too few to have stalled


def test_a_moment_shows_its_own_pictures(machine: TimeMachine, qtbot: QtBot) -> None:
    machine.look_at(machine.moments[0])
    qtbot.waitUntil(lambda: len(machine.pictures) == 16)
    assert machine.pictures[0].width() == 256
    machine.look_at(None)
    assert machine.pictures == ()


def test_a_moment_can_be_explored(machine: TimeMachine, studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(studio.models) == 1)
    machine.look_at(machine.moments[1])
    qtbot.waitUntil(lambda: bool(machine.pictures))
    machine.explore()
    qtbot.waitUntil(lambda: len(studio.models) == 2)
    made = {model.sha256: model for model in studio.models}[studio.latent.state.model]
    assert made.name == "Geese, after 2 s"
    assert made.thumbnail is not None


def test_going_on_from_a_moment_is_a_run_of_its_own(
    machine: TimeMachine, studio: Studio, engine: PatientEngine, qtbot: QtBot
) -> None:
    machine.look_at(machine.moments[1])
    machine.go_on(7.0)
    assert [ratio for _minutes, ratio in studio.training.health.ratios] == [3.0, 2.5]
    qtbot.waitUntil(lambda: not studio.training.active)
    first, second = engine.runs
    assert second.resume
    assert (first.out.name, second.out.name) == ("001", "002")
    assert second.minutes == pytest.approx(7 + 1.5 / 60)
    assert machine.moment is None
    assert studio.training.runs == (first.out, second.out)
    studio.training.show_run(first.out)
    qtbot.waitUntil(lambda: studio.training.run is not None and bool(machine.moments))
    assert studio.training.run is not None
    assert studio.training.run.out == first.out


def test_two_moments_can_be_blended(machine: TimeMachine, studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(studio.models) == 1)
    machine.blend(machine.moments[0], machine.moments[2], 0.25)
    qtbot.waitUntil(lambda: len(studio.models) == 2)
    made = {model.sha256: model for model in studio.models}[studio.latent.state.model]
    assert made.name == "Geese, between 0 s and 2 s"
    assert made.learned_from == "dataset; a blend of 75% of step 1 and 25% of step 5"


def test_a_moment_that_is_gone_is_told(machine: TimeMachine, studio: Studio, qtbot: QtBot) -> None:
    told: list[Notification] = []
    studio.notifications.posted.connect(told.append)
    machine.look_at(machine.moments[0])
    machine.moments[0].model.unlink()
    machine.explore()
    qtbot.waitUntil(lambda: [note.tone for note in told] == ["bad"])


def test_older_runs_keep_fewer_moments(
    machine: TimeMachine, engine: PatientEngine, studio: Studio, qtbot: QtBot
) -> None:
    engine.steps = 34
    train(studio, qtbot)
    train(studio, qtbot)
    assert studio.project.folder is not None
    runs = all_runs(studio.project.folder / "runs")
    assert [len(kept_checkpoints(run)) for run in runs] == [3, 8, 16]
    thin_older(runs[0])
    assert [len(kept_checkpoints(run)) for run in runs] == [3, 8, 8]


def test_the_figures_are_in_plain_words() -> None:
    sentences = RunHealth.of([(60.0, report_of(1.5))]).figures
    assert sentences[0] == "Distance to your pictures: 1.50 times that of real ones (best: 1)."
    assert "Learning by heart: 20%" in sentences[-1]
    assert RunHealth().figures == ()
