"""A run on two processes under torchrun is the run of one process with two micro batches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from studio.core.control import RunControl
from studio.engine.folder import RunFolder
from studio.engine.pace import Budget, Pace
from studio.engine.setup import prepare
from studio.engine.trainer import Trainer
from tests.support.datasets import make_dataset
from tests.support.training import tiny_run, weights

WORKER = Path(__file__).parents[1] / "support/torchrun_worker.py"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("data") / "dataset", count=12, size=16)


def on_two_processes(run, *who_cancels):
    """What the processes told, each line with the rank of its speaker."""
    request = run.out.with_suffix(".json")
    request.write_text(json.dumps(run.to_json()))
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--standalone"]
    done = subprocess.run(
        [*torchrun, str(WORKER), str(request), *map(str, who_cancels)],
        capture_output=True,
        text=True,
        timeout=400,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def on_one_process(run):
    """The same with as many micro batches as there would be processes; returns the networks."""
    setup = prepare(run)
    setup.state.micro_batch = setup.config.batch // 2
    list(Trainer(setup, Budget.of(run), RunControl()).events())
    return setup.state.networks


def test_two_processes_learn_what_one_learns_and_hand_over(dataset, tmp_path):
    apart = tiny_run("stylegan", dataset, tmp_path / "apart", steps=4)
    told = on_two_processes(apart)
    assert {line.split()[0] for line in told} == {"0"}, "only the leader speaks"
    again = replace(apart, steps=6, resume=True)
    on_two_processes(again)

    alone = tiny_run("stylegan", dataset, tmp_path / "alone", steps=6)
    statistics = dict(on_one_process(alone).named_buffers())
    one, two = (weights(run.out / "model.safetensors") for run in (alone, apart))
    for name, weight in one.items():
        if name.removeprefix("helpers.") not in statistics:  # those follow fewer pictures
            assert torch.allclose(weight, two[name], rtol=1e-3, atol=1e-5), name

    on_one_process(replace(apart, steps=8, resume=True))
    assert json.loads((apart.out / "log.jsonl").read_text().splitlines()[-1])["step"] == 8


def test_a_cancel_in_any_process_ends_all_with_the_checkpoint_written(dataset, tmp_path):
    run = tiny_run("stylegan", dataset, tmp_path / "run", steps=10_000)
    assert on_two_processes(run, 1)[-1] == "0 Finished"
    assert (run.out / "resume.safetensors").exists()


def test_what_a_team_measures_is_what_one_process_measures(tmp_path, monkeypatch):
    dataset = make_dataset(tmp_path / "dataset", count=41, size=16)  # odd: shares overlap
    monkeypatch.setenv("MEASURE", "1")
    monkeypatch.setattr(Pace, "measure_due", lambda _pace: True)
    apart, alone = (
        tiny_run("stylegan", dataset, tmp_path / name, steps=2) for name in ("apart", "alone")
    )
    on_two_processes(apart)
    on_one_process(alone)
    two, one = (RunFolder(run.out).health() for run in (apart, alone))
    assert len(two) == len(one) == 2
    for ours, theirs in zip(two, one, strict=True):
        assert ours.distance == pytest.approx(theirs.distance, rel=0.02)
        assert ours.coverage == pytest.approx(theirs.coverage, abs=0.05)
