"""A model is tuned to a picture that it could not make, and remembers the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from studio.core.control import Cancelled, RunControl
from studio.core.latent import LatentPoint
from studio.engine import tuning
from studio.engine.checkpoint import read_card, read_header
from studio.engine.families.stylegan import STYLEGAN, Config
from studio.engine.family import Shape
from studio.engine.generator import synthesize_points
from studio.engine.pictures import to_batch
from studio.engine.tuning import tune, tune_model
from tests.support.datasets import make_dataset
from tests.support.training import events_of, tiny_run

CPU = torch.device("cpu")
SHAPE = Shape(16, 16, 3)
POINT = LatentPoint.of_seed(3, 0.7)
OTHERS = [LatentPoint.of_seed(seed, 0.7) for seed in range(10, 18)]


def gan():
    config = replace(Config.tiny(), capacity=256, max_channels=16)
    model = STYLEGAN.build(config, SHAPE, torch.Generator().manual_seed(1))
    return model.eval().requires_grad_(False)


def pictures(model, *points):
    return np.stack(synthesize_points(model, SHAPE, points, CPU))


def tuned(target):
    model = gan()
    *_, last = tune(model, SHAPE, POINT, to_batch(target, SHAPE), None, RunControl())
    assert last.share == 1.0
    assert np.array_equal(pictures(model, POINT)[0], last.image)
    return model


def test_the_picture_comes_nearer_and_others_stay(monkeypatch):
    (start,), others = pictures(gan(), POINT), pictures(gan(), *OTHERS)
    wanted = (start + others[0]) / 2

    def missed(model):
        return np.abs(pictures(model, POINT)[0] - wanted).mean()

    def moved(model):
        return np.abs(pictures(model, *OTHERS) - others).mean()

    careful = tuned(wanted)
    assert missed(careful) < 0.5 * missed(gan())
    monkeypatch.setattr(tuning, "_KEEP", 0.0)
    assert moved(careful) < 0.95 * moved(tuned(wanted))


def test_a_tuned_model_says_what_it_was_tuned_from(tmp_path, monkeypatch):
    monkeypatch.setattr(tuning, "_STEPS", 2)
    dataset = make_dataset(tmp_path / "discs")
    events_of(tiny_run("vae", dataset, tmp_path / "run", steps=1))
    model, out = tmp_path / "run/model.safetensors", tmp_path / "tuned.safetensors"
    picture = np.full((20, 30, 4), 0.5, np.float32)
    for _near in tune_model(model, picture, POINT, out, RunControl()):
        pass
    header = read_header(out)
    assert header.pop("tuned_from") == {"sha256": read_card(model).sha256, "step": 1}
    assert header == read_header(model)
    out.unlink()
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        list(tune_model(model, picture, POINT, out, control))
    assert not out.exists()
