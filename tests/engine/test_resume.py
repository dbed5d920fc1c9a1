"""Resume is exact: after any interruption, and only because everything is kept."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from studio.engine.api.checkpoints import PREVIOUS_STATE_FILE, STATE_FILE
from studio.engine.batches import Batches
from studio.engine.checkpoint import load_state, read_card, save_state
from studio.engine.state import TrainingState
from studio.errors import StudioError
from tests.support.datasets import make_dataset
from tests.support.training import events_of, same_weights, stop_after, tiny_run


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("data") / "discs")


@pytest.fixture(scope="module")
def uninterrupted(dataset, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole")
    events_of(tiny_run("stylegan", dataset, out))
    return out / "model.safetensors"


def test_equals_an_uninterrupted_run_after_two_interruptions(dataset, uninterrupted, tmp_path):
    stop_after(tiny_run("stylegan", dataset, tmp_path), 1)
    stop_after(tiny_run("stylegan", dataset, tmp_path, resume=True), 4)
    events_of(tiny_run("stylegan", dataset, tmp_path, resume=True))
    assert same_weights(uninterrupted, tmp_path / "model.safetensors")


def test_a_run_that_is_older_than_a_setting_goes_on_as_it_began(dataset, uninterrupted, tmp_path):
    stop_after(tiny_run("stylegan", dataset, tmp_path), 2)
    last = tmp_path / STATE_FILE
    tensors, facts = load_state(last)
    for name in ("config", "adjusted"):
        del facts[name]["stem"]
    save_state(last, last.with_name(PREVIOUS_STATE_FILE), tensors, facts)
    save_state(last, last.with_name(PREVIOUS_STATE_FILE), tensors, facts)
    events_of(replace(tiny_run("stylegan", dataset, tmp_path, resume=True), config={}))
    assert same_weights(uninterrupted, tmp_path / "model.safetensors")
    assert read_card(tmp_path / "model.safetensors").config["stem"] == 1


def test_bfloat16_resumes_exactly_too(dataset, tmp_path):
    events_of(tiny_run("stylegan", dataset, tmp_path / "a", precision="bfloat16"))
    stop_after(tiny_run("stylegan", dataset, tmp_path / "b", precision="bfloat16"), 3)
    events_of(tiny_run("stylegan", dataset, tmp_path / "b", resume=True))
    assert same_weights(tmp_path / "a/model.safetensors", tmp_path / "b/model.safetensors")


def without_ema(state):
    state.reset_average()


def without_optimizer(state):
    state.optimizers["generator"] = state._adam(state.phases["generator"])


def without_rng(state):
    state.rng.manual_seed(99)


def without_order(state):
    state.batches = Batches(state.batches._pixels, state.batches._members, 99)


def without_counters(state):
    state.images = 0


@pytest.mark.parametrize(
    "forget", [without_ema, without_optimizer, without_rng, without_order, without_counters]
)
def test_leaving_anything_out_gives_another_model(
    forget, dataset, uninterrupted, tmp_path, monkeypatch
):
    stop_after(tiny_run("stylegan", dataset, tmp_path), 3)
    restore = TrainingState.restore

    def forgetful(self, tensors, facts):
        restore(self, tensors, facts)
        forget(self)

    monkeypatch.setattr(TrainingState, "restore", forgetful)
    events_of(tiny_run("stylegan", dataset, tmp_path, resume=True))
    assert not same_weights(uninterrupted, tmp_path / "model.safetensors")


def test_the_log_has_each_step_once(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr("studio.engine.pace.REPORT_SECONDS", 0.0)
    stop_after(tiny_run("vae", dataset, tmp_path), 3)
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 4, "after": "the checkpoint"}\n{"half a li')
    events_of(tiny_run("vae", dataset, tmp_path, resume=True))
    steps = [json.loads(line)["step"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert steps == [1, 2, 3, 4, 5, 6]


def test_nothing_to_resume_is_said(dataset, tmp_path):
    with pytest.raises(StudioError, match="no training to go on with"):
        events_of(tiny_run("vae", dataset, tmp_path / "empty", resume=True))
    assert not (tmp_path / "empty").exists()


def test_other_settings_or_pictures_are_refused(dataset, tmp_path):
    stop_after(tiny_run("vae", dataset, tmp_path / "run"), 1)
    with pytest.raises(StudioError, match="another config"):
        events_of(tiny_run("vae", dataset, tmp_path / "run", resume=True, config={"rate": 0.01}))
    other = make_dataset(tmp_path / "other", seed=5)
    with pytest.raises(StudioError, match="another dataset fingerprint"):
        events_of(tiny_run("vae", other, tmp_path / "run", resume=True))
    with pytest.raises(StudioError, match="another family"):
        events_of(tiny_run("stylegan", dataset, tmp_path / "run", resume=True))


CHILD = """
import sys
from pathlib import Path
from studio.engine import pace
pace.CHECKPOINT_SECONDS = 0.05
from tests.support.training import events_of, tiny_run
dataset, out, resume = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "resume"
print("ready", flush=True)
events_of(tiny_run("stylegan", dataset, out, steps=40, resume=resume))
"""


@pytest.mark.slow
def test_killed_at_random_moments_it_still_ends_with_the_same_weights(dataset, tmp_path):
    moments = random.Random(0)
    threads = torch.get_num_threads()
    child = CHILD.replace("import sys", f"import sys, torch; torch.set_num_threads({threads})")
    events_of(tiny_run("stylegan", dataset, tmp_path / "whole", steps=40))
    out = tmp_path / "killed"
    for _ in range(3):
        mode = "resume" if (out / "resume.safetensors").exists() else "start"
        process = subprocess.Popen(
            [sys.executable, "-c", child, str(dataset), str(out), mode], stdout=subprocess.PIPE
        )
        with process:
            process.stdout.readline()
            try:
                process.wait(moments.uniform(0.1, 1.2))
            except subprocess.TimeoutExpired:
                process.kill()
    mode = "resume" if (out / "resume.safetensors").exists() else "start"
    subprocess.run([sys.executable, "-c", child, str(dataset), str(out), mode], check=True)
    assert same_weights(tmp_path / "whole/model.safetensors", out / "model.safetensors")
    assert not list(out.glob(".*.tmp"))
