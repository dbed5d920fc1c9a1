"""Features: what looks alike is near, gradients reach the picture, nothing depends on luck."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as Pillow
from safetensors.torch import save_file
from torch.nn import functional
from torchvision.models import vgg19

from studio.core.control import Cancelled, RunControl
from studio.engine.families.stylegan import Config
from studio.engine.family import Shape
from studio.engine.features import (
    DiscriminatorFeatures,
    distance,
    features_of_model,
    features_of_vgg,
    recolored,
)
from studio.engine.residual import Discriminator
from studio.engine.self_supervision import agreement, learn_features
from studio.errors import StudioError
from tests.support.datasets import make_dataset
from tests.support.training import events_of, tiny_run

SAMPLES = Path(__file__).parents[2] / "resources/samples/goose"
SIDE = 32
STEPS = 4


@pytest.fixture(scope="module")
def pixels():
    """Real photographs, ``uint8 [24, SIDE, SIDE, 3]``."""
    files = sorted(SAMPLES.glob("*.jpg"))[:24]
    pictures = [Pillow.open(file).convert("RGB").resize((SIDE, SIDE)) for file in files]
    return np.stack([np.asarray(picture) for picture in pictures])


@pytest.fixture(scope="module")
def batch(pixels):
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1.0


@pytest.fixture(scope="module")
def learned(pixels):
    return learn_features(pixels, steps=STEPS)


def critic(channels: int = 3) -> DiscriminatorFeatures:
    rng = torch.Generator().manual_seed(0)
    shape = Shape(SIDE, SIDE, channels)
    return DiscriminatorFeatures(Discriminator(Config(capacity=256), shape, rng))


def near_duplicate(batch):
    """Shifted by a pixel, paler, and a little noisy."""
    noise = torch.randn(batch.shape, generator=torch.Generator().manual_seed(1))
    return batch.roll((1, 1), (2, 3)) * 0.9 + 0.05 + 0.03 * noise


def kinds(learned):
    return {"learned": learned, "discriminator": critic()}


@pytest.mark.parametrize("kind", ["learned", "discriminator"])
def test_a_near_duplicate_is_nearer_than_any_other_picture(kind, learned, batch):
    network = kinds(learned)[kind]
    seen = network(near_duplicate(batch))
    far = torch.stack([distance(seen, network(batch.roll(n, 0))) for n in range(len(batch))])
    assert (far.argmin(dim=0) == 0).float().mean() > 0.85
    assert far[0].mean() < 0.5 * far[1:].mean()


@pytest.mark.parametrize("kind", ["learned", "discriminator"])
def test_levels_are_as_the_network_says_and_gradients_reach_the_picture(kind, learned):
    network = kinds(learned)[kind]
    odd = torch.randn(2, 3, 36, 52, generator=torch.Generator().manual_seed(0)).requires_grad_()
    levels = network(odd)
    coarsest = network.strides[-1]
    height, width = (-(-side // coarsest) * coarsest for side in odd.shape[2:])
    for level, channels, stride in zip(levels, network.channels, network.strides, strict=True):
        assert level.shape == (2, channels, height // stride, width // stride)
    sum(level.square().mean() for level in levels).backward()
    assert odd.grad.abs().sum() > 0
    assert not any(weight.requires_grad for weight in network.parameters())


def test_the_seed_decides_what_is_learned(pixels, learned, batch):
    again, other = learn_features(pixels, steps=STEPS), learn_features(pixels, 1, steps=2)
    same = zip(learned(batch), again(batch), strict=True)
    assert all(torch.equal(one, two) for one, two in same)
    assert not torch.equal(learned(batch)[-1], other(batch)[-1])


def test_learning_can_be_cancelled(pixels):
    control = RunControl()
    control.cancel()
    with pytest.raises(Cancelled):
        learn_features(pixels, control=control)


def test_the_contrastive_loss_is_least_where_views_agree():
    apart = functional.normalize(torch.randn(8, 16, generator=torch.Generator().manual_seed(0)))
    assert agreement(torch.cat([apart, apart])) < agreement(torch.cat([apart, apart.roll(1, 0)]))


def test_pictures_come_in_the_colors_that_the_network_reads():
    clear = torch.cat([-torch.ones(1, 3, 2, 2), -torch.ones(1, 1, 2, 2)], dim=1)
    assert torch.equal(recolored(clear, 3), torch.ones(1, 3, 2, 2))
    assert torch.equal(recolored(torch.zeros(1, 3, 2, 2), 4)[:, 3], torch.ones(1, 2, 2))
    gray = torch.rand(1, 1, SIDE, SIDE)
    for channels in (1, 3, 4):
        assert len(critic(channels)(gray)) == 4


def test_a_model_brings_its_discriminator_if_it_has_one(tmp_path):
    dataset = make_dataset(tmp_path / "discs")
    for family in ("stylegan", "vae"):
        events_of(tiny_run(family, dataset, tmp_path / family, steps=1))
    network = features_of_model(tmp_path / "stylegan/model.safetensors")
    assert [level.shape[1] for level in network(torch.zeros(1, 3, 16, 16))] == [*network.channels]
    assert features_of_model(tmp_path / "vae/model.safetensors") is None


@pytest.fixture(scope="module")
def vgg_weights():
    with torch.device("meta"):
        like = vgg19(weights=None).features.state_dict()
    rng = torch.Generator().manual_seed(0)
    return {
        f"features.{name}": torch.randn(tensor.shape, generator=rng) * 0.05
        for name, tensor in like.items()
    }


def test_vgg_is_read_from_a_file_that_a_person_has(vgg_weights, tmp_path):
    save_file(vgg_weights, tmp_path / "vgg.safetensors")
    torch.save(vgg_weights, tmp_path / "vgg.pth")
    gray = torch.zeros(1, 1, 32, 32)
    one, other = (features_of_vgg(tmp_path / name)(gray) for name in ("vgg.safetensors", "vgg.pth"))
    assert [level.shape[1:] for level in one] == [
        (64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4), (512, 2, 2),
    ]  # fmt: skip
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


class Evil:
    def __reduce__(self):
        return (exec, ("raise AssertionError('code of a weights file was run')",))


@pytest.mark.parametrize("content", [Evil(), {"features.0.weight": torch.zeros(3)}, [1, 2]])
def test_other_files_are_refused_and_run_nothing(content, tmp_path):
    file = tmp_path / "other.pth"
    torch.save(content, file)
    with pytest.raises(StudioError, match=r"“other\.pth” does not hold the weights of VGG19"):
        features_of_vgg(file)


def test_rubbish_and_missing_files_are_refused(tmp_path):
    for name in ("rubbish.pth", "rubbish.safetensors"):
        (tmp_path / name).write_bytes(b"rubbish")
        with pytest.raises(StudioError, match="does not hold the weights"):
            features_of_vgg(tmp_path / name)
    with pytest.raises(StudioError, match="could not be read"):
        features_of_vgg(tmp_path / "missing.pth")
