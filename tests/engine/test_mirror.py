"""Mirrored pictures: on request, or where the doctor found that they are of the same kind."""

from __future__ import annotations

import pytest
import torch

from studio.engine.api import Advice, Examination, write_examination
from studio.engine.setup import prepare
from studio.engine.step import Stepper
from tests.support.datasets import make_dataset
from tests.support.training import events_of, same_weights, stop_after, tiny_run


@pytest.fixture
def dataset(tmp_path):
    return make_dataset(tmp_path / "data")


def seen_in_a_step(run):
    """The real pictures of the first step, and the same as they are in the dataset."""
    state = (setup := prepare(run)).state
    stepper = Stepper(setup.family, state, 12)
    indices, mirrored = stepper._draw()
    ((_, micro),) = stepper._micros(indices, mirrored)
    return micro.real, state.batches.of(indices, state.device).real


def test_about_half_of_the_pictures_are_mirrored(dataset, tmp_path):
    run = tiny_run("vae", dataset, tmp_path / "run", config={"mirror": "yes", "batch": 64})
    seen, plain = seen_in_a_step(run)
    flipped = [torch.equal(a, b.flip(2)) for a, b in zip(seen, plain, strict=True)]
    same = [torch.equal(a, b) for a, b in zip(seen, plain, strict=True)]
    assert all(a or b for a, b in zip(flipped, same, strict=True))
    assert 16 < sum(flipped) < 48


@pytest.mark.parametrize(("safe", "expected"), [(True, "yes"), (False, "no"), (None, "no")])
def test_auto_does_as_the_doctor_advises(safe, expected, dataset, tmp_path):
    advice = Advice("mirror", "Mirroring", safe, 0.5, 0.05, "…")
    write_examination(dataset, Examination((), (advice,)))
    assert prepare(tiny_run("vae", dataset, tmp_path / "run")).state.config.mirror == expected


def test_without_a_doctor_pictures_stay_as_they_are(dataset, tmp_path):
    seen, plain = seen_in_a_step(tiny_run("vae", dataset, tmp_path / "run"))
    assert torch.equal(seen, plain)


def test_a_mirrored_run_resumes_as_if_uninterrupted(dataset, tmp_path):
    mirrored = {"config": {"mirror": "yes"}}
    whole = tiny_run("stylegan", dataset, tmp_path / "whole", steps=6, **mirrored)
    events_of(whole)
    stop_after(tiny_run("stylegan", dataset, tmp_path / "parts", steps=6, **mirrored), 3)
    events_of(
        tiny_run(
            "stylegan",
            dataset,
            tmp_path / "parts",
            steps=6,
            resume=True,
            config={"mirror": "yes"},
        )
    )
    assert same_weights(whole.out / "model.safetensors", tmp_path / "parts/model.safetensors")
