"""A picture that a GAN made itself is found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.core.control import Cancelled, RunControl
from studio.core.latent import LatentPoint
from studio.engine import inversion
from studio.engine.families.stylegan import STYLEGAN, Config
from studio.engine.family import Shape
from studio.engine.features import DiscriminatorFeatures, features_of_model
from studio.engine.generator import synthesize_points
from studio.engine.inversion import invert
from studio.engine.pictures import to_batch
from studio.engine.residual import Discriminator
from tests.support.datasets import make_dataset
from tests.support.training import events_of, tiny_run

CPU = torch.device("cpu")
SHAPE = Shape(16, 16, 3)


@pytest.fixture(scope="module")
def gan():
    rng = torch.Generator().manual_seed(1)
    config = replace(Config.tiny(), capacity=256, max_channels=16)
    return STYLEGAN.build(config, SHAPE, rng).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def features():
    rng = torch.Generator().manual_seed(2)
    return DiscriminatorFeatures(Discriminator(Config.tiny(), SHAPE, rng))


def made(gan, seed):
    return synthesize_points(gan, SHAPE, [LatentPoint.of_seed(seed, 0.9)], CPU)[0]


def test_a_made_picture_is_found_again(gan, features, monkeypatch):
    monkeypatch.setattr(inversion, "_GUESSES", 200)
    wanted = made(gan, 5)
    events = list(invert(gan, SHAPE, to_batch(wanted, SHAPE), features, RunControl()))
    last = events[-1]
    assert last.share == 1.0
    assert last.point.anchors[0].space == "w+"
    strange = np.abs(wanted - made(gan, 6)).mean()
    assert np.abs(wanted - last.image).mean() < 0.1 * strange
    assert last.likeness > 0.95
    assert [event.share for event in events] == sorted(event.share for event in events)


def test_what_is_not_known_does_not_count(gan, features, monkeypatch):
    for name, least in (("_GUESSES", 200), ("_STEPS_W", 60), ("_STEPS_PLUS", 60)):
        monkeypatch.setattr(inversion, name, least)
    wanted = made(gan, 5)
    known = np.ones((16, 16, 1), np.float32)
    known[4:12, 4:12] = 0.0
    spoiled = np.where(known > 0, wanted, 1.0 - wanted)
    batch = to_batch(spoiled, SHAPE)
    sure = torch.from_numpy(known).permute(2, 0, 1)[None]
    found = list(invert(gan, SHAPE, batch, features, RunControl(), sure))[-1].image
    around = np.broadcast_to(known > 0, wanted.shape)
    strange = np.abs(wanted - made(gan, 6))
    assert np.abs(wanted - found)[around].mean() < 0.3 * strange[around].mean()
    assert np.abs(wanted - found)[~around].mean() < np.abs(spoiled - found)[~around].mean()


def test_a_search_can_be_cancelled(gan):
    control = RunControl()
    search = invert(gan, SHAPE, to_batch(made(gan, 5), SHAPE), None, control)
    next(search)
    control.cancel()
    with pytest.raises(Cancelled):
        next(search)


def test_only_discriminators_that_show_features_are_asked(tmp_path: Path):
    dataset = make_dataset(tmp_path / "discs")
    events_of(tiny_run("dcgan", dataset, tmp_path / "dcgan", steps=1))
    assert features_of_model(tmp_path / "dcgan/model.safetensors") is None
