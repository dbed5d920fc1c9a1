"""What DCGAN, the progressive GAN and StackGAN each promise beyond the contract of all families."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from studio.engine.families.dcgan import DCGAN
from studio.engine.families.progressive import PROGRESSIVE, growth
from studio.engine.families.stackgan import STACKGAN
from studio.engine.family import Shape, StepContext
from studio.engine.prompts import encode_captions


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def networks(family, config, shape):
    parts = {"model": family.build(config, shape, rng()), **family.helpers(config, shape, rng(1))}
    return torch.nn.ModuleDict(parts)


def pictures(count: int, side: int = 32, channels: int = 3) -> torch.Tensor:
    return torch.rand(count, channels, side, side, generator=rng(2)) * 2 - 1


def no_noise(batch: int, height: int, width: int) -> torch.Tensor:
    return torch.zeros(batch, 1, height, width)


def copied(parts) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in parts.state_dict().items()}


def test_dcgan_is_not_changed_by_being_asked_what_it_thinks_of_pictures():
    config = DCGAN.config_type.tiny()
    parts = networks(DCGAN, config, Shape(32, 32, 3))
    before = copied(parts)
    DCGAN.judge(config, parts, pictures(8), rng())
    assert all(torch.equal(value, before[name]) for name, value in parts.state_dict().items())


def test_dcgan_draws_a_picture_alike_whatever_is_drawn_with_it():
    model = DCGAN.build(DCGAN.config_type.tiny(), Shape(32, 32, 3), rng())
    z = torch.randn(4, model.latent_dim, generator=rng(1))
    with torch.inference_mode():
        model.synthesize(3.0 * z + 1.0, no_noise)  # training: statistics far from the first ones
        model.eval()
        together, alone = model.synthesize(z, no_noise), model.synthesize(z[:1], no_noise)
    assert torch.allclose(together[:1], alone, atol=1e-5)


def test_growth_fades_each_level_in_and_then_trains_it():
    grown = [growth(images, 10, 3) for images in (0, 10, 15, 20, 29, 30, 35, 40, 1000)]
    assert grown == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 1.5, 2.0, 2.0])


def test_a_growing_gan_computes_only_the_levels_in_use():
    config = replace(PROGRESSIVE.config_type.tiny(), stage=100)
    parts = networks(PROGRESSIVE, config, Shape(32, 32, 3))
    context = StepContext(pictures(4), 0, 150, 20, rng())  # level 1 is half faded in
    for phase in PROGRESSIVE.phases(config):
        PROGRESSIVE.loss(phase.id, config, parts, context).total.backward()
    levels = parts["model"].levels
    used = [block.first.weight.grad is not None for block in levels.blocks]
    assert used == [True, True, False, False]
    assert [layer.weight.grad is not None for layer in levels.to_rgb] == used
    read = [layer.weight.grad is not None for layer in parts["discriminator"].from_rgb]
    assert read == used


@pytest.mark.parametrize("grown", [0.0, 0.5, 3.0])
def test_a_growing_gan_always_draws_the_full_size(grown):
    model = PROGRESSIVE.build(PROGRESSIVE.config_type.tiny(), Shape(32, 48, 3), rng())
    model.levels.grown.fill_(grown)
    z = torch.randn(2, model.latent_dim, generator=rng(1))
    with torch.inference_mode():
        assert model.synthesize(z, no_noise).shape == (2, 3, 32, 48)


def test_real_pictures_fade_as_made_ones_do():
    config = PROGRESSIVE.config_type.tiny()
    critic = networks(PROGRESSIVE, config, Shape(32, 32, 3))["discriminator"]
    critic.grown.fill_(0.25)
    faded, sharp = critic.faded(pictures(2)), critic.reduced(pictures(2), 1)
    soft = critic.reduced(pictures(2), 0).repeat_interleave(2, 2).repeat_interleave(2, 3)
    assert torch.allclose(faded, 0.75 * soft + 0.25 * sharp, atol=1e-6)


def test_what_starts_from_a_grown_model_stays_grown():
    critic = networks(PROGRESSIVE, PROGRESSIVE.config_type.tiny(), Shape(32, 32, 3))[
        "discriminator"
    ]
    critic.grown.fill_(2.0)
    critic.grow(images=0, stage=100)
    assert float(critic.grown) == 2.0


def test_truncation_brings_the_pictures_of_a_growing_gan_together():
    model = PROGRESSIVE.build(PROGRESSIVE.config_type(), Shape(32, 32, 3), rng())
    z = torch.randn(16, model.latent_dim, generator=rng(1))
    with torch.inference_mode():
        full, half = (model.synthesize(z * share, no_noise).var(dim=0).mean() for share in (1, 0.3))
    assert half < 0.7 * full


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("patch", [1, 2])
def test_stages_have_a_discriminator_each_and_both_learn(channels, patch):
    config = replace(STACKGAN.config_type.tiny(), patch=patch)
    parts = networks(STACKGAN, config, Shape(32, 32, channels, words=("red", "cup")))
    condition = torch.tensor([[1, 0], [1, 2], [2, 0], [2, 1]])
    context = StepContext(pictures(4, channels=channels), 0, 0, 20, rng(), condition)
    for phase in STACKGAN.phases(config):
        losses = STACKGAN.loss(phase.id, config, parts, context)
        losses.total.backward()
        assert math.isfinite(float(losses.total.detach()))
    assert "kl" in losses.parts
    for part in (parts["discriminator"], parts["rough_discriminator"], *parts["model"].children()):
        assert any(weight.grad is not None for weight in part.parameters())


def test_captions_decide_about_as_much_as_chance_before_anything_is_learned():
    """Otherwise they end up as a tint of what chance has drawn."""
    words = tuple("abcdefghijklmnop")
    model = STACKGAN.build(STACKGAN.config_type(), Shape(32, 32, 3, words=words), rng())
    z = torch.randn(16, model.latent_dim, generator=rng(1))
    with torch.inference_mode():
        prompts = model.embed(encode_captions(words, words))
        rows = [model.mapping(z, prompt.expand(len(z), -1)) for prompt in prompts]
        made = torch.stack([model.synthesize(row, no_noise) for row in rows])
    by_caption, by_chance = made.mean(dim=1).var(dim=0).mean(), made.mean(dim=0).var(dim=0).mean()
    assert 0.5 < by_caption / by_chance < 2.0


def test_only_other_prompts_count_as_mismatched():
    """With one caption for all, mismatched prompts change nothing."""
    config = replace(STACKGAN.config_type.tiny(), gamma=0.0)
    parts = networks(STACKGAN, config, Shape(32, 32, 3, words=("red", "cup")))

    def loss(condition, mismatch):
        context = StepContext(pictures(4), 1, 0, 20, rng(), torch.tensor(condition))
        changed = replace(config, mismatch=mismatch)
        return float(STACKGAN.loss("discriminator", changed, parts, context).total.detach())

    same, other = [[1, 2]] * 4, [[1, 0], [1, 2], [2, 0], [2, 1]]
    assert loss(same, mismatch=True) == pytest.approx(loss(same, mismatch=False), rel=1e-5)
    assert loss(other, mismatch=True) != pytest.approx(loss(other, mismatch=False), rel=1e-5)
