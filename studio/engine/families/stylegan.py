"""A style-based generator against a residual discriminator, small enough to learn on a CPU.

Karras et al. 2019 and 2020 (mapping network, modulated convolution, skip RGB outputs, residual
discriminator, lazy penalty), with activations modulated instead of weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from studio.core.params import param
from studio.engine import blocks
from studio.engine.api import FamilyCard
from studio.engine.augment import POLICIES, augment
from studio.engine.blocks import ACTIVATION_GAIN, Conv, Linear, ModulatedConv, activate
from studio.engine.family import Losses, Model, ModelFamily, Noise, Phase, Shape, StepContext
from studio.engine.losses import ADVERSARIAL, gradient_penalty

_CENTER_PACE = 0.005  # share of a batch's mean in the running mean of w: about 200 steps of memory

# Augmentation slows learning down and pays only once the discriminator knows the pictures by heart:
# the share of pictures that is varied grows with the passes over them, up to this share.
_PASSES_TO_VARY = 60
_MOST_VARIED = 0.8


@dataclass(frozen=True)
class Config:
    """What can be chosen; the defaults are for some hundred pictures and minutes on a CPU."""

    batch: int = param(16, "Batch", 2, 256, help="Pictures a step.")
    rate: float = param(0.002, "Learning rate", 1e-5, 0.02, advanced=True)
    latent_dim: int = param(128, "Latent size", 2, 1024, advanced=True)
    mapping_layers: int = param(2, "Mapping layers", 1, 8, advanced=True)
    capacity: int = param(
        1024,
        "Capacity",
        16,
        65536,
        help="Channels times side at each level: more learns more, slower.",
    )
    max_channels: int = param(256, "Most channels", 4, 1024, advanced=True)
    min_channels: int = param(16, "Fewest channels", 1, 256, advanced=True)
    loss: str = param("relativistic", "Loss", choices=tuple(ADVERSARIAL), advanced=True)
    gamma: float = param(
        1.0, "Gradient penalty", 0.0, 100.0, help="Higher: steadier, less sharp.", advanced=True
    )
    penalty_every: int = param(16, "Penalty every", 1, 64, unit="steps", advanced=True)
    augment: str = param(
        "light",
        "Augmentation",
        choices=tuple(POLICIES),
        help="How the discriminator's view is varied, the more the more often it saw each picture.",
    )
    noise: bool = param(False, "Noise inputs", help="Random fine detail in each layer.")

    @classmethod
    def tiny(cls) -> Config:
        return cls(batch=4, latent_dim=8, capacity=128, max_channels=8, min_channels=4)

    def channels(self, side: int) -> int:
        """Of the features at one level."""
        return min(self.max_channels, max(self.min_channels, self.capacity // side))


class StyledConv(nn.Module):
    """A modulated convolution with bias, optional noise and leaky rectifier."""

    def __init__(
        self, inputs: int, outputs: int, config: Config, rng: torch.Generator, *, up: bool
    ) -> None:
        super().__init__()
        self.conv = ModulatedConv(inputs, outputs, 3, config.latent_dim, rng)
        self.noise_strength = nn.Parameter(torch.zeros(())) if config.noise else None
        self._up = up

    def forward(self, x: Tensor, w: Tensor, noise: Noise) -> Tensor:
        x = self.conv(x, w, ACTIVATION_GAIN)
        if self._up:
            x = blocks.upsample(x)
        if self.noise_strength is not None:
            x = x + (noise(len(x), x.shape[-1]) * self.noise_strength).to(x.dtype)
        return activate(x)


class Level(nn.Module):
    """All that happens at one side: two styled convolutions (one at the lowest) and RGB output."""

    def __init__(self, side: int, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        width = config.channels(side)
        self.first = (
            StyledConv(config.channels(side // 2), width, config, rng, up=True)
            if side > 4
            else None
        )
        self.second = StyledConv(width, width, config, rng, up=False)
        self.to_rgb = ModulatedConv(width, shape.channels, 1, config.latent_dim, rng)

    def forward(
        self, x: Tensor, rgb: Tensor | None, w: Tensor, noise: Noise
    ) -> tuple[Tensor, Tensor]:
        if self.first is not None:
            x = self.first(x, w, noise)
        x = self.second(x, w, noise)
        # The pictures are summed in float32: bfloat16 has no 256 steps near 1.
        here = self.to_rgb(x, w, 1.0, demodulate=False).float()
        return x, here if rgb is None else blocks.upsample(rgb) + here


class StyleGenerator(Model):
    """z to w to pictures.

    The lowest level starts from a linear map of w, whose bias is the learned constant of the
    papers: with the constant alone, all pictures share one outline for a long time. `w_mean` is the
    running mean of w, where truncation pulls to.
    """

    w_mean: Tensor

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        self.latent_dim = config.latent_dim
        self.layers = nn.ModuleList(
            Linear(config.latent_dim, config.latent_dim, rng, gain=ACTIVATION_GAIN)
            for _ in range(config.mapping_layers)
        )
        self.register_buffer("w_mean", torch.zeros(config.latent_dim))
        self.layout = Linear(config.latent_dim, config.channels(4) * 16, rng)
        self.levels = nn.ModuleList(
            Level(side, config, shape, rng) for side in blocks.levels(shape.size)
        )

    def mapping(self, z: Tensor) -> Tensor:
        w = z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.layers:
            w = activate(layer(w))
        return w.float()

    def center(self) -> Tensor:
        return self.w_mean

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        x = self.layout(w).reshape(len(w), -1, 4, 4)
        rgb: Tensor | None = None
        for level in self.levels:
            x, rgb = level(x, rgb, w, noise)
            if size is not None and rgb.shape[-1] >= size:
                break
        return cast("Tensor", rgb)

    @torch.no_grad()
    def track_center(self, w: Tensor) -> None:
        self.w_mean.lerp_(w.mean(dim=0), _CENTER_PACE)


class Discriminator(nn.Module):
    """``batch [B, C, H, W]`` to scores ``[B, 1]``: higher means real."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        sides = blocks.levels(shape.size)[:0:-1]
        self.from_rgb = Conv(shape.channels, config.channels(shape.size), 1, rng, ACTIVATION_GAIN)
        self.down = nn.ModuleList(
            blocks.ResidualDown(config.channels(side), config.channels(side // 2), rng)
            for side in sides
        )
        width = config.channels(4)
        self.deviation = blocks.MinibatchDeviation()
        self.last_conv = Conv(width + 1, width, 3, rng, ACTIVATION_GAIN)
        self.hidden = Linear(width * 16, width, rng, gain=ACTIVATION_GAIN)
        self.score = Linear(width, 1, rng)

    def forward(self, batch: Tensor) -> Tensor:
        x = activate(self.from_rgb(batch))
        for block in self.down:
            x = block(x)
        x = activate(self.last_conv(self.deviation(x)))
        score: Tensor = self.score(activate(self.hidden(x.flatten(1))))
        return score.float()


class StyleGan(ModelFamily[Config]):
    """Two phases a step: the discriminator, then the generator."""

    card = FamilyCard(
        "stylegan",
        "Style GAN",
        "Invents sharp new pictures in the style of yours; smooth to explore.",
        has_mapping=True,
    )
    config_type = Config

    def build(self, config: Config, shape: Shape, rng: torch.Generator) -> Model:
        return StyleGenerator(config, shape, rng)

    def helpers(
        self, config: Config, shape: Shape, rng: torch.Generator
    ) -> Mapping[str, nn.Module]:
        return {"discriminator": Discriminator(config, shape, rng)}

    def phases(self, config: Config) -> tuple[Phase, ...]:
        return (
            Phase("discriminator", ("discriminator",), config.rate, (0.0, 0.99)),
            Phase("generator", ("model",), config.rate, (0.0, 0.99)),
        )

    def loss(
        self, phase: str, config: Config, networks: nn.ModuleDict, context: StepContext
    ) -> Losses:
        generator = cast("StyleGenerator", networks["model"])
        critic = networks["discriminator"]
        if phase == "generator":
            return _generator_loss(config, generator, critic, context)
        return _discriminator_loss(config, generator, critic, context)


def _fakes(generator: StyleGenerator, context: StepContext) -> Tensor:
    w = generator.mapping(context.normal(len(context.real), generator.latent_dim))
    generator.track_center(w)
    return generator.synthesize(w, context.noise)


def _varied(batch: Tensor, config: Config, context: StepContext) -> Tensor:
    share = min(_MOST_VARIED, context.passes / _PASSES_TO_VARY)
    return augment(batch, config.augment, context.rng, share)


def _generator_loss(
    config: Config, generator: StyleGenerator, critic: nn.Module, context: StepContext
) -> Losses:
    adversarial = ADVERSARIAL[config.loss]
    fake = critic(_varied(_fakes(generator, context), config, context))
    real = fake
    if adversarial.needs_real:
        with torch.no_grad():
            real = critic(_varied(context.real, config, context))
    total = adversarial.generator(real, fake)
    return Losses(total, {"generator": total})


def _discriminator_loss(
    config: Config, generator: StyleGenerator, critic: nn.Module, context: StepContext
) -> Losses:
    adversarial = ADVERSARIAL[config.loss]
    with torch.no_grad():
        made = _fakes(generator, context)
    real = _varied(context.real, config, context)
    fake = _varied(made, config, context)
    scores = critic(torch.cat([real, fake]))  # together: half as many calls, each twice as large
    adversary = adversarial.discriminator(*scores.chunk(2))
    total = adversary
    if config.gamma and context.step % config.penalty_every == 0:
        total = total + _penalty(config, critic, real, fake)
    return Losses(total, {"discriminator": adversary})


def _penalty(config: Config, critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """R1, and R2 where the loss asks for it, times the steps that go without.

    Half the pictures give the same mean at half the price, which is high: a gradient of a gradient.
    """
    some = slice(0, (len(real) + 1) // 2)
    penalty = gradient_penalty(critic, real[some])
    if ADVERSARIAL[config.loss].penalizes_fake:
        penalty = penalty + gradient_penalty(critic, fake[some])
    return penalty * (config.gamma / 2 * config.penalty_every)


STYLEGAN = StyleGan()
