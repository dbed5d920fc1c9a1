"""The deep convolutional GAN: the plain baseline that others are compared with.

Radford et al. 2016, section 3: transposed convolutions, batch normalization, ReLU and tanh in the
generator; strided convolutions, batch normalization and leaky ReLU in the discriminator; none at
the picture itself; weights drawn from N(0, 0.02); Adam with 0.5. Its rate is five times the
paper's: what a step changes adds up over the channels, of which there are two to eight times fewer.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.params import redeclared
from studio.engine import blocks
from studio.engine.adversarial import AdversarialConfig, AdversarialFamily, View, random_w
from studio.engine.api import FamilyCard
from studio.engine.augment import AdaptiveStrength
from studio.engine.axes import Entries, Parts, Pixels, Places
from studio.engine.blocks import Conv, Linear, activate
from studio.engine.family import Model, Noise, Shape, StepContext
from studio.engine.judge import Judge, dropped
from studio.engine.prompts import prompt_encoder

_SPREAD = 0.02  # of the first weights
_PROMPT_WIDTH = 32


@dataclass(frozen=True)
class Config(AdversarialConfig):
    """What can be chosen; the defaults are the paper's for narrower networks."""

    rate: float = redeclared(AdversarialConfig, "rate", 0.001)
    latent_dim: int = redeclared(AdversarialConfig, "latent_dim", 100)
    loss: str = redeclared(AdversarialConfig, "loss", "non-saturating")
    gamma: float = redeclared(AdversarialConfig, "gamma", 0.0, help="The paper has no penalty.")
    augment: str = redeclared(AdversarialConfig, "augment", "none", help="The paper has none.")

    @classmethod
    def tiny(cls) -> Config:
        return cls(batch=4, rate=0.002, latent_dim=8, capacity=64, max_channels=8, min_channels=4)


Layer = TypeVar("Layer", Conv, Linear)


@torch.no_grad()
def _plain(layer: Layer) -> Layer:
    """The layer with the paper's first weights, used as they are stored."""
    layer.weight.mul_(_SPREAD)
    layer.scale = 1.0
    return layer


class Halving(Conv):
    """A strided convolution to half the sides."""

    def __init__(self, inputs: Entries, outputs: int, rng: torch.Generator) -> None:
        super().__init__(inputs, outputs, 4, rng)

    def forward(self, x: Tensor) -> Tensor:
        weight = blocks.scaled(self.weight, self.scale)
        return functional.conv2d(x, weight, self.bias, stride=2, padding=1)


class Doubling(nn.Module):
    """A transposed convolution to twice the sides, padded with zeros or around."""

    def __init__(self, inputs: int, outputs: int, rng: torch.Generator, *, circular: bool) -> None:
        super().__init__()
        weight = torch.randn(inputs, outputs, 4, 4, generator=rng)
        self.weight = nn.Parameter(_SPREAD * weight)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self._circular = circular

    def forward(self, x: Tensor) -> Tensor:
        if not self._circular:
            return functional.conv_transpose2d(x, self.weight, self.bias, stride=2, padding=1)
        x = functional.pad(x, (1, 1, 1, 1), mode="circular")
        return functional.conv_transpose2d(x, self.weight, self.bias, stride=2, padding=3)


class Generator(Model):
    """z, and the embedded prompt behind it, to pictures."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        grids = blocks.grids(*shape.size, config.patch)
        hidden = [config.channels(min(grid)) for grid in grids[:-1]]
        widths = [*hidden, shape.channels * config.patch**2]
        self.latent_dim = config.latent_dim
        self.prompt = prompt_encoder(shape.classes, shape.words, _PROMPT_WIDTH, rng)
        inputs = Parts((config.latent_dim, *([_PROMPT_WIDTH] if self.prompt else [])))
        self._lowest = grids[0]
        self._patch = config.patch
        self.project = _plain(Linear(inputs, Places(widths[0], *grids[0]), rng))
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in hidden)
        self.ups = nn.ModuleList(
            Doubling(before, after, rng, circular=config.tileable)
            for before, after in itertools.pairwise(widths)
        )

    @property
    def stages(self) -> Sequence[nn.Module]:
        return list(self.norms)

    @property
    def w_readers(self) -> Sequence[Tensor]:
        return (self.project.weight,)

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        del noise, size
        x = self.project(w).reshape(len(w), -1, *self._lowest)
        x = x.contiguous(memory_format=torch.channels_last)
        for norm, up in zip(self.norms, self.ups, strict=True):
            x = up(torch.relu(norm(x)))
        return torch.tanh(blocks.from_patches(x, self._patch).float())


class Critic(Judge):
    """``batch [B, C, H, W]`` to scores ``[B, 1]``.

    Batch normalization is always that of the batch, which here is all real or all made: running
    means of both would be right for neither, and judging must not change them.
    """

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        grids = blocks.grids(*shape.size, config.patch)
        hidden = [config.channels(min(grid)) for grid in grids[:-1]]
        self._patch = config.patch
        self._dropout = config.dropout
        widths: list[Entries] = [*hidden, Pixels(shape.channels, config.patch)]
        self.downs = nn.ModuleList(
            _plain(Halving(above, width, rng))
            for width, above in zip(hidden, widths[1:], strict=True)
        )
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(width, track_running_stats=False) for width in hidden[:-1]
        )
        features = Places(hidden[0] if hidden else shape.channels * config.patch**2, *grids[0])
        self.score = _plain(Linear(features, 1, rng))
        self.prompt = prompt_encoder(shape.classes, shape.words, _PROMPT_WIDTH, rng)
        self.fit = None if self.prompt is None else Linear(features, _PROMPT_WIDTH, rng)

    def look(self, batch: Tensor, rng: torch.Generator | None = None) -> Tensor:
        x = blocks.to_patches(batch, self._patch)
        for level in reversed(range(len(self.downs))):
            x = self.downs[level](x)
            x = activate(self.norms[level](x) if level < len(self.norms) else x)
        return dropped(x.flatten(1), self._dropout, rng)

    def fitting(self, features: Tensor) -> Tensor:
        fitting: Tensor = features if self.fit is None else self.fit(features)
        return fitting

    def first_levels(self, count: int) -> list[nn.Module]:
        return [*self.downs][::-1][:count]


class DcGan(AdversarialFamily[Config]):
    """Two phases a step: the discriminator, on detached fakes, then the generator."""

    card = FamilyCard(
        "dcgan",
        "DCGAN",
        "The classic from 2016: quick, rough, and a yardstick for the others.",
    )
    config_type = Config
    betas = (0.5, 0.999)

    def build(self, config: Config, shape: Shape, rng: torch.Generator) -> Model:
        return Generator(config, shape, rng)

    def critic(self, config: Config, shape: Shape, rng: torch.Generator) -> Judge:
        return Critic(config, shape, rng)

    def views(
        self, config: Config, networks: nn.ModuleDict, context: StepContext
    ) -> tuple[View, ...]:
        critic, strength = cast("Judge", networks["discriminator"]), networks["strength"]
        return (View(config, critic, cast("AdaptiveStrength", strength), context, apart=True),)

    def fakes(self, config: Config, model: Model, context: StepContext) -> tuple[Tensor, ...]:
        del config
        return (model.synthesize(random_w(model, context), context.noise),)


DCGAN = DcGan()
