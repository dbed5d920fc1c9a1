"""A toy on which lost modes can be counted: 25 Gaussians on a grid, and a family for their points.

Means lie 2 apart and the deviation is 0.05: the 2D grid of VEEGAN (Srivastava et al. 2017) as
PacGAN (Lin et al. 2018) states it. Points are pictures of one pixel and two channels; loss,
penalty, optimizers, averaged weights and the step itself are the studio's.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from studio.core.params import param, redeclared
from studio.engine.adversarial import AdversarialConfig, AdversarialFamily
from studio.engine.api import FamilyCard
from studio.engine.batches import Batch
from studio.engine.blocks import ACTIVATION_GAIN, Linear, activate
from studio.engine.family import Model, Noise, Phase, Shape, StepContext
from studio.engine.judge import Judge

MEANS = torch.cartesian_prod(*[torch.arange(-4.0, 5.0, 2.0)] * 2)  # [25, 2]
DEVIATION = 0.05
SHAPE = Shape(1, 1, 2)
_WIDTH = 128
_WAVES = 64
_WAVE_NUMBERS = 0.3, 20.0  # radians a unit: from the whole grid down to one Gaussian


class Score(NamedTuple):
    """Modes that have at least a tenth of their share of points, and the share of good points.

    A point is good within three deviations of a mean: 98.9 % of true ones are.
    """

    modes: int
    good: float

    @classmethod
    def of(cls, points: Tensor) -> Score:
        """`points` are ``[N, 2]``."""
        distances, nearest = torch.cdist(points, MEANS).min(dim=1)
        good = distances <= 3 * DEVIATION
        found = torch.bincount(nearest[good], minlength=len(MEANS))
        return cls(int((found >= len(points) / len(MEANS) / 10).sum()), float(good.float().mean()))


class Points:
    """New points at every draw, where a run has `Batches` of pictures."""

    def __init__(self, seed: int) -> None:
        self._rng = torch.Generator().manual_seed(seed)

    def draw(self, count: int) -> Tensor:
        return torch.randint(len(MEANS), (count,), generator=self._rng)

    def of(self, modes: Tensor, device: torch.device, mirrored: Tensor | None = None) -> Batch:
        del device, mirrored
        points = MEANS[modes] + DEVIATION * torch.randn(len(modes), 2, generator=self._rng)
        return Batch(points[..., None, None], None)


@dataclass(frozen=True)
class Config(AdversarialConfig):
    """The studio's defaults, but for what depends on the data."""

    batch: int = redeclared(AdversarialConfig, "batch", 512)
    latent_dim: int = redeclared(AdversarialConfig, "latent_dim", 2)
    augment: str = redeclared(AdversarialConfig, "augment", "none")
    gone: float = param(0.0, "Gone", 0.0, 1.0, help="Share of the steps that are done.")

    def at(self, gone: float) -> Config:
        """What holds when that share of the steps is done.

        A weak penalty lets the discriminator be as steep as the Gaussians are narrow; from the
        first, it would lose modes.
        """
        falling = min(1.0, 3.0 * (1.0 - gone))
        return replace(self, gamma=0.1 * 0.05**gone, rate=falling * self.rate, gone=gone)


class Generator(Model):
    """From normal z to points, with steep steps between plateaus: what lies on a slope is lost."""

    def __init__(self, config: Config, rng: torch.Generator) -> None:
        super().__init__()
        self.latent_dim = config.latent_dim
        self.hidden = _layers(config.latent_dim, 1.5, rng)
        for layer in self.hidden:
            nn.init.normal_(layer.bias, std=2.0, generator=rng)
        self.point = Linear(_WIDTH, 2, rng)

    def synthesize(self, w: Tensor, noise: Noise | None = None, size: int | None = None) -> Tensor:
        del noise, size
        x = 4.0 * w
        for layer in self.hidden:
            x = layer(x).tanh()
        point: Tensor = self.point(x)
        return point[..., None, None]


class Critic(Judge):
    """Sees points in waves of many lengths (Tancik et al. 2020), the long ones loudest."""

    directions: Tensor
    loudness: Tensor

    def __init__(self, rng: torch.Generator) -> None:
        super().__init__()
        numbers = torch.logspace(*map(math.log10, _WAVE_NUMBERS), _WAVES)
        angles = 2 * math.pi * torch.rand(_WAVES, generator=rng)
        self.register_buffer("directions", numbers * torch.stack([angles.cos(), angles.sin()]))
        loudness = (1.0 / numbers).repeat(2)
        self.register_buffer("loudness", loudness * (2.0 / loudness.square().mean()).sqrt())
        self.hidden = _layers(2 * _WAVES, 1.0, rng)
        self.score = Linear(_WIDTH, 1, rng)
        self.prompt = None

    def look(self, batch: Tensor, rng: torch.Generator | None = None) -> Tensor:
        del rng
        phases = batch.flatten(1) @ self.directions
        x = torch.cat([phases.sin(), phases.cos()], dim=1) * self.loudness
        for layer in self.hidden:
            x = activate(layer(x))
        return x


def _layers(inputs: int, gain: float, rng: torch.Generator) -> Iterable[Linear]:
    sides = pairwise([inputs, _WIDTH, _WIDTH, _WIDTH])
    return nn.ModuleList(Linear(*side, rng, gain=gain * ACTIVATION_GAIN) for side in sides)


class Gaussians(AdversarialFamily[Config]):
    """The generator learns quicker than its critic, ever more: steep steps need large weights.

    Were it as quick from the first, it would jump between modes.
    """

    card = FamilyCard("gaussians", "25 Gaussians", "A toy.")
    config_type = Config

    def build(self, config: Config, shape: Shape, rng: torch.Generator) -> Model:
        del shape
        return Generator(config, rng)

    def critic(self, config: Config, shape: Shape, rng: torch.Generator) -> Judge:
        del config, shape
        return Critic(rng)

    def fakes(self, config: Config, model: Model, context: StepContext) -> tuple[Tensor, ...]:
        del config
        z = context.normal(len(context.real), model.latent_dim)
        return (model.synthesize(z, context.noise),)

    def phases(self, config: Config) -> tuple[Phase, ...]:
        discriminator, generator = super().phases(config)
        quicker = 4.0 + 6.0 * min(1.0, 2.0 * config.gone)
        return discriminator, replace(generator, rate=quicker * generator.rate)
