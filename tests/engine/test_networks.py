"""Blocks, losses and augmentation against their equations."""

from __future__ import annotations

from dataclasses import replace
from math import log

import pytest
import torch
from torch.nn import functional

from studio.engine import augment, blocks, losses
from studio.engine.adversary import ADVERSARIES, PENALTIES, gradient_penalty
from studio.engine.augment import MOST_VARIED, AdaptiveStrength, on_random_ground
from studio.engine.family import Shape
from studio.engine.judge import with_spectral_norm
from studio.engine.modulation import ModulatedConv, modulations
from studio.engine.residual import Discriminator, ResidualConfig


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=rng(seed))


def test_grids_double_up_to_the_picture():
    assert blocks.grids(4, 4) == [(4, 4)]
    assert blocks.grids(64, 64, patch=2) == [(4, 4), (8, 8), (16, 16), (32, 32)]
    assert blocks.grids(48, 64) == [(3, 4), (6, 8), (12, 16), (24, 32), (48, 64)]
    assert blocks.grids(36, 64, patch=2) == [(9, 16), (18, 32)]


def test_circular_layers_know_no_edge():
    conv = blocks.Conv(3, 5, 3, rng(), circular=True)
    x = normal(2, 3, 8, 8)
    shifted = blocks.upsample(conv(x.roll((3, 2), (2, 3))), circular=True)
    assert torch.allclose(
        shifted, blocks.upsample(conv(x), circular=True).roll((6, 4), (2, 3)), atol=1e-6
    )


@pytest.mark.parametrize("rate", [0.01, 1.0])
def test_linear_keeps_the_variance(rate):
    y = blocks.Linear(256, 256, rng(), rate=rate)(normal(512, 256, seed=1))
    assert float(y.detach().var()) == pytest.approx(1.0, rel=0.1)


def test_conv_and_rectifier_keep_the_mean_square():
    conv = blocks.Conv(64, 64, 3, rng(), blocks.ACTIVATION_GAIN)
    y = blocks.activate(conv(normal(8, 64, 16, 16, seed=1)))[..., 1:-1, 1:-1]
    assert float(y.detach().square().mean()) == pytest.approx(1.0, rel=0.1)


def test_halving_in_bfloat16_is_halving_with_its_gradient():
    x = normal(2, 5, 6, 8).contiguous(memory_format=torch.channels_last)
    slope = normal(2, 5, 3, 4, seed=1)
    found = []
    for batch in (x.bfloat16().requires_grad_(), x.bfloat16().float().requires_grad_()):
        half = blocks.downsample(batch)
        half.backward(slope.to(batch.dtype))
        assert half.is_contiguous(memory_format=torch.channels_last)
        found.append([half.detach().float(), batch.grad.float()])
    assert all(torch.allclose(a, b, rtol=0.01, atol=1e-3) for a, b in zip(*found, strict=True))


@pytest.mark.parametrize("block", [blocks.ResidualDown, blocks.ResidualUp])
def test_residual_blocks_change_the_side_and_width(block):
    y = block(8, 12, rng())(normal(2, 8, 16, 16))
    assert y.shape == (2, 12, *([8, 8] if block is blocks.ResidualDown else [32, 32]))


@pytest.mark.parametrize("kernel", [1, 3])
def test_modulated_conv_equals_modulating_the_weights(kernel):
    """Against the form of the paper: one set of weights a picture, in a grouped convolution."""
    conv = ModulatedConv(6, 5, kernel, 4, rng())
    x, w = normal(3, 6, 8, 8), normal(3, 4, seed=1)
    ours = conv(x, modulations([conv], w)[0])
    style = conv.style(w)
    weight = conv.weight * conv.scale * style[:, None, :, None, None]  # [B, O, I, k, k]
    weight = weight * (weight.square().sum(dim=(2, 3, 4), keepdim=True) + 1e-8).rsqrt()
    grouped = functional.conv2d(
        x.reshape(1, 18, 8, 8), weight.flatten(0, 1), padding=kernel // 2, groups=3
    )
    assert torch.allclose(ours, blocks.ACTIVATION_GAIN * grouped.reshape(3, 5, 8, 8), atol=1e-5)


def test_minibatch_deviation_sees_whether_pictures_differ():
    layer = blocks.MinibatchDeviation()
    same = normal(1, 3, 4, 4).expand(4, -1, -1, -1)
    assert float(layer(same)[:, -1].max()) == pytest.approx(0.0, abs=1e-3)
    assert float(layer(normal(4, 3, 4, 4))[:, -1].min()) > 0.3


@pytest.mark.parametrize(
    ("size", "patch", "reads"),
    [((64, 64), 1, 2), ((96, 64), 1, 2), ((32, 32), 1, 1), ((65, 130), 1, 1), ((128, 128), 2, 4)],
)
def test_a_residual_discriminator_reads_squares_of_large_pictures(size, patch, reads):
    config = replace(ResidualConfig.tiny(), patch=patch)
    critic = Discriminator(config, Shape(*size, 3), rng())
    assert critic.pixels.patch == reads
    assert critic(normal(2, 3, *size)).shape == (2, 1)


def test_gradient_penalty_of_a_plane_is_its_steepness():
    slope = normal(3, 8, 8)
    penalty = gradient_penalty(
        lambda batch: (batch * slope).sum(dim=(1, 2, 3))[:, None], normal(5, 3, 8, 8)
    )
    assert float(penalty) == pytest.approx(float(slope.square().sum()), rel=1e-5)


def test_gradient_penalty_is_float32_inside_autocast():
    conv = blocks.Conv(3, 1, 3, rng())
    seen = []
    with torch.autocast("cpu", torch.bfloat16):
        penalty = gradient_penalty(
            lambda batch: seen.append(conv(batch)) or seen[-1].mean(dim=(2, 3)), normal(2, 3, 8, 8)
        )
    assert seen[0].dtype == torch.float32
    assert penalty.dtype == torch.float32
    penalty.backward()
    assert conv.weight.grad.isfinite().all()


@pytest.mark.parametrize("loss", ADVERSARIES, ids=lambda loss: loss.id)
def test_adversarial_losses_pull_apart_and_together(loss):
    real, fake = torch.full((4, 1), 2.0), torch.full((4, 1), -2.0)
    assert loss.discriminator(real, fake) < loss.discriminator(fake, real)
    assert loss.generator(real, fake + 3) < loss.generator(real, fake)
    assert loss.title
    assert loss.when.endswith(".")


def test_classic_losses_know_nothing_at_the_start():
    zero = torch.zeros(4, 1)
    assert float(ADVERSARIES["relativistic"].discriminator(zero, zero)) == pytest.approx(log(2))
    assert float(ADVERSARIES["non-saturating"].discriminator(zero, zero)) == pytest.approx(
        2 * log(2)
    )


def test_a_penalty_has_the_gradient_that_torch_finds_in_its_own_slower_way():
    first, second = normal(6, 3, 3, 3), normal(5, 6, 4, 4, seed=1)
    weights = [first.requires_grad_(), normal(6, seed=2).requires_grad_(), second.requires_grad_()]

    def critic(batch: torch.Tensor) -> torch.Tensor:
        x = torch.tanh(functional.conv2d(batch, weights[0], weights[1], padding=1))
        x = functional.conv2d(x, weights[2], stride=2, padding=1)
        return x.square().sum(dim=(1, 2, 3)).sqrt()[:, None]

    batch = normal(4, 3, 8, 8, seed=3).requires_grad_()
    (slope,) = torch.autograd.grad(critic(batch).sum(), batch, create_graph=True)
    expected = slope.square().sum(dim=(1, 2, 3)).mean()
    found = gradient_penalty(critic, batch)
    assert torch.allclose(found, expected, rtol=1e-5)
    pairs = zip(
        torch.autograd.grad(found, weights), torch.autograd.grad(expected, weights), strict=True
    )
    assert all(torch.allclose(a, b, rtol=1e-4, atol=1e-4 * b.abs().max()) for a, b in pairs)


def test_penalties_measure_the_slope():
    slope = normal(3, 8, 8)
    real, fake = normal(4, 3, 8, 8), normal(4, 3, 8, 8, seed=1)
    steep = float(slope.square().sum())

    def plane(batch):
        return (batch * slope).sum(dim=(1, 2, 3))[:, None]

    values = {p.id: float(p.of(plane, real, fake, rng())) for p in PENALTIES}
    assert values["r1"] == pytest.approx(steep, rel=1e-5)
    assert values["r1+r2"] == pytest.approx(2 * steep, rel=1e-5)
    assert values["gradient"] == pytest.approx((steep**0.5 - 1) ** 2, rel=1e-5)


def test_spectral_norm_bounds_a_layer_and_depends_on_its_generator_alone():
    one, same = (with_spectral_norm(blocks.Conv(8, 8, 3, rng()), rng(1)) for _ in range(2))
    for _ in range(30):
        used = one.weight.flatten(1) * one.scale
    assert float(torch.linalg.matrix_norm(used.detach(), 2)) == pytest.approx(1.0, rel=0.02)
    same.load_state_dict(one.state_dict())
    x = normal(1, 8, 4, 4)
    assert torch.equal(one(x), same(x))


def test_augmentation_grows_while_the_discriminator_is_sure_and_shrinks_when_it_is_not():
    strength = AdaptiveStrength()
    for _ in range(500):
        strength.follow(torch.full((8, 1), 3.0), torch.full((8, 1), -3.0), passes=0.2)
    assert float(strength.share) == pytest.approx(MOST_VARIED)
    for _ in range(400):
        strength.follow(normal(8, 1), normal(8, 1, seed=1), passes=0.2)
    assert float(strength.share) < 0.5 * MOST_VARIED


def test_color_on_a_random_ground_shows_only_where_nothing_covers_it():
    batch = torch.full((2, 4, 4, 4), -1.0)
    batch[:, :3, :2] = 0.5
    batch[:, 3, :2] = 1.0
    laid = on_random_ground(batch, rng())
    assert torch.equal(laid[:, :, :2], batch[:, :, :2])
    assert torch.equal(laid[:, 3], batch[:, 3])
    assert laid[:, :3, 2:].min() >= -1.0
    assert len(laid[:, 0, 3, 0].unique()) == 2


def test_pyramid_adds_up_to_the_picture():
    batch = normal(2, 3, 64, 64)
    bands = losses.pyramid(batch)
    assert [band.shape[-1] for band in bands] == [64, 32, 16, 8]
    whole = bands[-1]
    for band in reversed(bands[:-1]):
        whole = functional.interpolate(whole, scale_factor=2.0, mode="nearest") + band
    assert torch.allclose(whole, batch, atol=1e-5)


def test_kl_is_zero_for_the_prior_and_known_elsewhere():
    zero = torch.zeros(2, 3)
    assert losses.kl_to_normal(zero, zero).abs().max() == 0
    assert losses.kl_to_normal(zero + 2.0, zero)[0, 0] == pytest.approx(2.0)


@pytest.mark.parametrize("policy", sorted(augment.POLICIES))
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_augmentation_keeps_the_shape_passes_gradients_and_repeats(policy, channels):
    batch = normal(4, channels, 16, 16).requires_grad_()
    one = augment.augment(batch, policy, rng(5), 1.0)
    assert one.shape == batch.shape
    assert torch.equal(one, augment.augment(batch, policy, rng(5), 1.0))
    one.square().sum().backward()
    assert batch.grad.abs().sum() > 0
    if policy == "none":
        assert torch.equal(one, batch)


def test_augmentation_changes_each_picture_in_its_own_way():
    batch = normal(1, 3, 16, 16).expand(8, -1, -1, -1)
    made = augment.augment(batch, "full", rng(), 1.0)
    assert len({tuple(picture.flatten().tolist()) for picture in made}) == 8


def test_translation_moves_alpha_with_color_and_color_changes_leave_alpha():
    batch = torch.zeros(6, 4, 16, 16)
    batch[:, :, 8, 8] = 1.0
    moved = augment.augment(batch, "light", rng(), 1.0)
    spots = moved[:, 3].flatten(1)
    assert torch.equal(spots.sum(dim=1), torch.ones(6))
    assert len(set(spots.argmax(dim=1).tolist())) > 1


def test_cutout_removes_a_square_at_most():
    kept = augment.cutout(torch.ones(32, 3, 16, 16), rng())
    holes = (kept[:, 0] == 0).sum(dim=(1, 2))
    assert int(holes.max()) <= 64
    assert int(holes.min()) >= 16


def test_augmentation_changes_the_share_that_was_asked_for():
    batch = normal(400, 3, 8, 8)
    changed = (augment.augment(batch, "light", rng(), share=0.25) != batch).flatten(1).any(dim=1)
    assert int(changed.sum()) == pytest.approx(100, abs=30)
    assert torch.equal(augment.augment(batch, "full", rng(), share=0.0), batch)
