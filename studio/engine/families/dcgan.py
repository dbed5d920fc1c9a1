"""The deep convolutional GAN: the plain baseline that others are compared with.

Radford et al. 2016: transposed convolutions, batch normalization, ReLU and tanh in the generator;
strided convolutions, batch normalization and leaky ReLU in the discriminator; Adam with 0.0002 and
0.5; weights drawn from N(0, 0.02).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import skip_init

from studio.core.params import param
from studio.engine import blocks
from studio.engine.adversarial import (
    AdversarialConfig,
    AdversarialFamily,
    Judge,
    dropped,
    projected,
)
from studio.engine.adversary import ADVERSARIES, PENALTIES
from studio.engine.api import FamilyCard
from studio.engine.blocks import LEAK
from studio.engine.family import Model, Noise, Shape, StepContext
from studio.engine.prompts import prompt_encoder

_SPREAD = 0.02  # of the first weights
_PROMPT_WIDTH = 32


@dataclass(frozen=True)
class Config(AdversarialConfig):
    """What can be chosen; the defaults are those of the paper, at a width for a CPU."""

    batch: int = param(32, "Batch", 2, 256, help="Pictures a step.")
    rate: float = param(0.0002, "Learning rate", 1e-5, 0.02, advanced=True)
    latent_dim: int = param(100, "Latent size", 2, 1024, advanced=True)
    loss: str = param(
        "non-saturating",
        "Loss",
        choices=tuple(item.id for item in ADVERSARIES),
        help="\n".join(f"{item.title}: {item.when}" for item in ADVERSARIES),
        advanced=True,
    )
    penalty: str = param(
        "r1",
        "Penalty",
        choices=tuple(item.id for item in PENALTIES),
        help="\n".join(f"{item.title}: {item.when}" for item in PENALTIES),
        advanced=True,
    )
    gamma: float = param(
        0.0, "Penalty weight", 0.0, 100.0, help="The paper has none.", advanced=True
    )
    patch: int = param(1, "Patch", 1, 1, unit="px", advanced=True)

    @classmethod
    def tiny(cls) -> Config:
        return cls(batch=4, rate=0.002, latent_dim=8, capacity=64, max_channels=8, min_channels=4)


class Generator(Model):
    """z, and the embedded prompt behind it, to pictures."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        grids = blocks.grids(*shape.size)
        widths = [config.channels(min(grid)) for grid in grids]
        self.latent_dim = config.latent_dim
        self.prompt = prompt_encoder(shape.classes, shape.words, _PROMPT_WIDTH, rng)
        inputs = config.latent_dim + (self.prompt.width if self.prompt is not None else 0)
        self._lowest = grids[0]
        self._circular = config.tileable
        self.project = _layer(nn.Linear, rng, inputs, widths[0] * grids[0][0] * grids[0][1])
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in widths)
        self.ups = nn.ModuleList(
            _layer(nn.ConvTranspose2d, rng, before, after, 4, 2, bias=False)
            for before, after in itertools.pairwise(widths)
        )
        self.to_rgb = _layer(nn.Conv2d, rng, widths[-1], shape.channels, 3)

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        del noise, size
        x = self.project(w).reshape(len(w), -1, *self._lowest)
        x = torch.relu(self.norms[0](x.contiguous(memory_format=torch.channels_last)))
        for up, norm in zip(self.ups, list(self.norms)[1:], strict=True):
            x = torch.relu(norm(self._doubled(up, x)))
        x = _padded(x, self._circular)
        return torch.tanh(self.to_rgb(x).float())

    def _doubled(self, up: nn.Module, x: Tensor) -> Tensor:
        """A transposed convolution to exactly twice the sides, padded with zeros or around."""
        y: Tensor = up(_padded(x, self._circular))
        return y[..., 3:-3, 3:-3]


class Critic(Judge):
    """``batch [B, C, H, W]`` to scores ``[B, 1]``."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        grids = blocks.grids(*shape.size)[::-1]
        widths = [config.channels(min(grid)) for grid in grids]
        inputs = [shape.channels, *widths[1:]]
        self.downs = nn.ModuleList(
            _layer(nn.Conv2d, rng, before, after, 4, 2, 1)
            for before, after in zip(inputs, widths[1:], strict=False)
        )
        self.norms = nn.ModuleList(
            nn.Identity() if place == 0 else nn.BatchNorm2d(width)  # none on the first, as there
            for place, width in enumerate(widths[1:])
        )
        places = grids[-1][0] * grids[-1][1]
        features = (widths[-1] if len(widths) > 1 else shape.channels) * places
        self.score = _layer(nn.Linear, rng, features, 1)
        self.prompt = prompt_encoder(shape.classes, shape.words, _PROMPT_WIDTH, rng)
        self.fit = None if self.prompt is None else _layer(nn.Linear, rng, features, _PROMPT_WIDTH)
        self._dropout = config.dropout

    def first_levels(self, count: int) -> list[nn.Module]:
        return [*self.downs][:count]

    def forward(
        self,
        batch: Tensor,
        condition: Tensor | None = None,
        rng: torch.Generator | None = None,
    ) -> Tensor:
        x = batch
        for down, norm in zip(self.downs, self.norms, strict=True):
            x = functional.leaky_relu(norm(down(x)), LEAK)
        features = dropped(x.flatten(1), self._dropout, rng)
        fitting = features if self.fit is None else self.fit(features)
        return projected(self.score(features), fitting, self.prompt, condition)


def _padded(x: Tensor, circular: bool) -> Tensor:
    return functional.pad(x, (1, 1, 1, 1), mode="circular" if circular else "constant")


def _layer(kind: type[nn.Module], rng: torch.Generator, *args: int, **options: bool) -> nn.Module:
    """A layer of torch's own with the paper's first weights, drawn from `rng`."""
    layer = skip_init(kind, *args, **options)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        layer.weight.normal_(0.0, _SPREAD, generator=rng)
        if layer.bias is not None:
            layer.bias.zero_()
    made: nn.Module = layer
    return made


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

    def fakes(self, config: Config, model: Model, context: StepContext) -> Tensor:
        del config
        z = context.normal(len(context.real), model.latent_dim)
        return model.synthesize(model.mapping(z, model.embed(context.condition)), context.noise)


DCGAN = DcGan()
