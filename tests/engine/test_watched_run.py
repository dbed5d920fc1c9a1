"""A run that measures itself: health, kept checkpoints, branches, recovery, early stop."""

from __future__ import annotations

import itertools

import pytest
import torch

from studio.core.control import RunControl
from studio.engine import trainer as trainer_module
from studio.engine.api import (
    Finished,
    KeptCheckpoint,
    Measured,
    Verdict,
    Warned,
    branch,
    kept_checkpoints,
)
from studio.engine.families.stylegan import StyleGan
from studio.engine.family import FAMILIES, Losses
from studio.engine.generator import LoadedGenerator
from studio.engine.keeping import least_missed
from studio.engine.setup import split
from studio.engine.trainer import train
from tests.support.datasets import make_dataset
from tests.support.training import events_of, same_weights, tiny_run


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("data") / "discs", count=40)


@pytest.fixture
def measure_every_step(monkeypatch):
    monkeypatch.setattr("studio.engine.pace.Pace.measure_due", lambda pace: True)


def of_type(events, kind):
    return [event for event in events if isinstance(event, kind)]


def test_a_tenth_is_held_out_and_never_trained_on():
    training, held_out = split(300)
    assert (len(training), len(held_out)) == (270, 30)
    assert sorted([*training.tolist(), *held_out.tolist()]) == list(range(300))
    assert torch.equal(split(300)[1], held_out)
    assert len(split(19)[1]) == 0


def test_a_run_measures_itself_and_keeps_what_it_measured(dataset, tmp_path, measure_every_step):
    events = events_of(tiny_run("stylegan", dataset, tmp_path, steps=4))
    measured = of_type(events, Measured)
    assert [event.progress.step for event in measured] == [1, 2, 3, 4]
    assert all(event.report.ratio > 1 and event.verdict.text for event in measured)
    kept = kept_checkpoints(tmp_path)
    assert [checkpoint.step for checkpoint in kept] == [1, 2, 3, 4]
    assert [checkpoint.ratio for checkpoint in kept] == [event.report.ratio for event in measured]
    assert all(checkpoint.samples.exists() for checkpoint in kept)
    assert LoadedGenerator.load(kept[1].model, "cpu").card.step == 2


def test_measuring_changes_nothing(dataset, tmp_path, monkeypatch):
    events_of(tiny_run("stylegan", dataset, tmp_path / "unwatched"))
    monkeypatch.setattr("studio.engine.pace.Pace.measure_due", lambda pace: True)
    events_of(tiny_run("stylegan", dataset, tmp_path / "watched"))
    files = [tmp_path / name / "model.safetensors" for name in ("unwatched", "watched")]
    assert same_weights(*files)


def test_a_branch_goes_on_exactly_as_the_run_did(dataset, tmp_path, measure_every_step):
    run = tmp_path / "run"
    events_of(tiny_run("stylegan", dataset, run, steps=5))
    branch(run, kept_checkpoints(run)[1], tmp_path / "branch")
    events = events_of(tiny_run("stylegan", dataset, tmp_path / "branch", steps=5, resume=True))
    assert events[0].resumed_at == 2
    assert same_weights(run / "model.safetensors", tmp_path / "branch/model.safetensors")


class PoisonedOnce(StyleGan):
    """Gives NaN in one step."""

    def __init__(self) -> None:
        self.sick = True

    def loss(self, phase, config, networks, context):
        losses = super().loss(phase, config, networks, context)
        if context.step == 3 and self.sick:
            self.sick = False
            return Losses(losses.total * float("nan"), losses.parts)
        return losses


def test_after_a_divergence_it_goes_on_from_the_best_with_a_lower_rate(
    dataset, tmp_path, monkeypatch, measure_every_step
):
    monkeypatch.setattr("studio.engine.pace.REPORT_SECONDS", 0.0)
    monkeypatch.setattr(FAMILIES, "_found", {**FAMILIES._all(), "stylegan": PoisonedOnce()})
    run = tiny_run("stylegan", dataset, tmp_path, steps=8)
    setup = trainer_module.prepare(run)
    trainer = trainer_module.Trainer(setup, trainer_module.Budget.of(run), RunControl())
    events = list(trainer.events())
    assert [text.text for text in of_type(events, Warned) if "learning rate" in text.text]
    assert setup.state.config.rate == pytest.approx(setup.config.rate / 2)
    assert setup.state.optimizers["generator"].param_groups[0]["lr"] == setup.state.config.rate
    assert events[-1].reason == "budget"
    assert events[-1].progress.step == 8
    again = trainer_module.prepare(tiny_run("stylegan", dataset, tmp_path, steps=9, resume=True))
    assert again.state.config.rate == setup.state.config.rate


def judged(monkeypatch, *kinds):
    """Let the verdicts be these, then the last of them for ever."""
    left = list(kinds)

    def verdict(_history):
        kind = left.pop(0) if len(left) > 1 else left[0]
        return Verdict(kind, "ok", "So it is.", "Go on.")

    monkeypatch.setattr(trainer_module, "verdict", verdict)


def test_a_collapse_goes_back_with_a_stronger_penalty(
    dataset, tmp_path, monkeypatch, measure_every_step
):
    judged(monkeypatch, "learning", "learning", "collapsed", "learning")
    events = events_of(tiny_run("stylegan", dataset, tmp_path, steps=5))
    told = of_type(events, Warned)
    assert len(told) == 1
    assert "gradient penalty is now 3" in told[0].text
    assert events[-1].progress.step == 5


class Herd(StyleGan):
    """Rewards the generator for making the same picture every time."""

    def generator_loss(self, config, networks, context):
        losses = super().generator_loss(config, networks, context)
        (made,) = self.fakes(config, networks["model"], context)
        return Losses(losses.total + 100 * made.var(dim=0).mean(), losses.parts)


def test_a_run_that_does_collapse_is_told_so_and_goes_back(dataset, tmp_path, monkeypatch):
    """Nothing is put in place of what is measured: only the loss is set up to collapse."""
    count = itertools.count(1)
    monkeypatch.setattr("studio.engine.pace.Pace.measure_due", lambda _pace: next(count) % 10 == 0)
    monkeypatch.setattr(FAMILIES, "_found", {**FAMILIES._all(), "stylegan": Herd()})
    run = tiny_run("stylegan", dataset, tmp_path, steps=200, config={"rate": 0.01})
    events = []
    for event in train(run, RunControl()):
        events.append(event)
        if isinstance(event, Warned):
            break
    measured = of_type(events, Measured)
    assert measured[-1].verdict.kind == "collapsed"
    assert measured[-1].report.variety < 0.25
    assert "all became alike" in events[-1].text


@pytest.mark.parametrize("early_stop", [True, False])
def test_stops_early_only_where_asked_to(
    early_stop, dataset, tmp_path, monkeypatch, measure_every_step
):
    judged(monkeypatch, "learning", "stalled")
    run = tiny_run("vae", dataset, tmp_path, steps=6, early_stop=early_stop)
    finished = list(train(run, RunControl()))[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.progress.step) == (
        ("settled", 2) if early_stop else ("budget", 6)
    )


def test_what_is_kept_thins_out_from_the_middle(tmp_path):
    kept = [
        KeptCheckpoint(tmp_path, step, step, 0.0, ratio)
        for step, ratio in [(0, 9.0), (10, 8.0), (100, 7.0), (110, 2.0), (120, 4.0), (1000, 3.0)]
    ]
    assert least_missed(kept).step == 100  # 110 would be missed less, but it is the best
    assert least_missed(kept[:3]) is None
