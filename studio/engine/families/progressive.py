"""A GAN that grows: first a few pixels, then level upon level, each faded in.

Karras et al. 2018: progressive growing (section 2), minibatch standard deviation (3), equalized
learning rate and pixel norm (4).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.params import param
from studio.engine import blocks
from studio.engine.adversarial import (
    AdversarialConfig,
    AdversarialFamily,
    Judge,
    dropped,
    projected,
)
from studio.engine.api import FamilyCard
from studio.engine.blocks import ACTIVATION_GAIN, Conv, Linear, activate
from studio.engine.family import Model, Noise, Shape, StepContext
from studio.engine.prompts import prompt_encoder

_PROMPT_WIDTH = 32


@dataclass(frozen=True)
class Config(AdversarialConfig):
    """What can be chosen; the defaults are for some hundred pictures and minutes on a CPU."""

    stage: int = param(
        3000,
        "Pictures a stage",
        1,
        1_000_000,
        help="So many fade a level in, and so many more train it before the next.",
    )
    patch: int = param(1, "Patch", 1, 1, unit="px", advanced=True)

    @classmethod
    def tiny(cls) -> Config:
        return cls(batch=4, latent_dim=8, capacity=64, max_channels=8, min_channels=4, stage=8)


def growth(images: int, stage: int, levels: int) -> float:
    """The highest level in use after so many images; its fraction is how far it is faded in.

    Level 0 trains for one stage; then each level fades in for one and trains for another.
    """
    cycle, inside = divmod(images / stage - 1.0, 2.0)
    grown = cycle + min(1.0, inside)
    return min(max(0.0, grown), levels - 1.0)


class Block(nn.Module):
    """Two convolutions at one level, the first from the level below."""

    def __init__(self, inputs: int, outputs: int, rng: torch.Generator, *, circular: bool) -> None:
        super().__init__()
        self.first = Conv(inputs, outputs, 3, rng, ACTIVATION_GAIN, circular=circular)
        self.second = Conv(outputs, outputs, 3, rng, ACTIVATION_GAIN, circular=circular)

    def forward(self, x: Tensor) -> Tensor:
        return _pixel_norm(activate(self.second(_pixel_norm(activate(self.first(x))))))


def _pixel_norm(x: Tensor) -> Tensor:
    """Each place's features at unit mean square (equation 2)."""
    return x * (x.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()


class Generator(Model):
    """z, and the embedded prompt behind it, to pictures of the full size, however far it grew."""

    grown: Tensor

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        grids = blocks.grids(*shape.size)
        widths = [config.channels(min(grid)) for grid in grids]
        self.latent_dim = config.latent_dim
        self.prompt = prompt_encoder(shape.classes, shape.words, _PROMPT_WIDTH, rng)
        inputs = config.latent_dim + (self.prompt.width if self.prompt is not None else 0)
        self._lowest = grids[0]
        self._size = shape.size
        self._circular = circular = config.tileable
        self.layout = Linear(
            inputs, widths[0] * grids[0][0] * grids[0][1], rng, gain=ACTIVATION_GAIN
        )
        befores = [widths[0], *widths[:-1]]
        self.blocks = nn.ModuleList(
            Block(before, width, rng, circular=circular)
            for before, width in zip(befores, widths, strict=True)
        )
        self.to_rgb = nn.ModuleList(Conv(width, shape.channels, 1, rng) for width in widths)
        self.register_buffer("grown", torch.zeros(()))

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        del noise, size
        grown = float(self.grown)
        top = math.ceil(grown)
        x = activate(self.layout(_pixel_norm(w))).reshape(len(w), -1, *self._lowest)
        x = x.contiguous(memory_format=torch.channels_last)
        below = x
        for level in range(top + 1):
            below, x = x, self.blocks[level](x if level == 0 else self._doubled(x))
        rgb = self.to_rgb[top](x).float()
        if top > grown:
            older = self._doubled(self.to_rgb[top - 1](below).float())
            rgb = torch.lerp(older, rgb, 1.0 - (top - grown))
        return functional.interpolate(rgb, self._size, mode="nearest")

    def _doubled(self, x: Tensor) -> Tensor:
        return blocks.upsample(x, self._circular)


class Critic(Judge):
    """``batch [B, C, H, W]`` of the full size, looked at as small as the networks are grown."""

    grown: Tensor

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        grids = blocks.grids(*shape.size)
        widths = [config.channels(min(grid)) for grid in grids]
        self._grids = grids
        self._dropout = config.dropout
        self.from_rgb = nn.ModuleList(
            Conv(shape.channels, width, 1, rng, ACTIVATION_GAIN) for width in widths
        )
        self.firsts = nn.ModuleList(
            Conv(width, width, 3, rng, ACTIVATION_GAIN) for width in widths[1:]
        )
        self.seconds = nn.ModuleList(
            Conv(width, below, 3, rng, ACTIVATION_GAIN)
            for below, width in itertools.pairwise(widths)
        )
        self.deviation = blocks.MinibatchDeviation()
        self.last_conv = Conv(widths[0] + 1, widths[0], 3, rng, ACTIVATION_GAIN)
        places = grids[0][0] * grids[0][1]
        self.hidden = Linear(widths[0] * places, widths[0], rng, gain=ACTIVATION_GAIN)
        self.score = Linear(widths[0], 1, rng)
        self.prompt = prompt_encoder(shape.classes, shape.words, widths[0], rng)
        self.register_buffer("grown", torch.zeros(()))

    def forward(
        self,
        batch: Tensor,
        condition: Tensor | None = None,
        rng: torch.Generator | None = None,
    ) -> Tensor:
        grown = float(self.grown)
        top = math.ceil(grown)
        batch = self.reduced(batch, top)
        x = activate(self.from_rgb[top](batch))
        for level in range(top, 0, -1):
            x = activate(self.firsts[level - 1](x))
            x = activate(blocks.downsample(self.seconds[level - 1](x)))
            if level == top and top > grown:
                older = activate(self.from_rgb[top - 1](blocks.downsample(batch)))
                x = torch.lerp(older, x, 1.0 - (top - grown))
        x = activate(self.last_conv(self.deviation(x)))
        features = dropped(activate(self.hidden(x.flatten(1))), self._dropout, rng)
        return projected(self.score(features), features, self.prompt, condition)

    def reduced(self, batch: Tensor, level: int) -> Tensor:
        """The pictures at the size of a level."""
        return functional.adaptive_avg_pool2d(batch, self._grids[level])


class Progressive(AdversarialFamily[Config]):
    """Two phases a step: the discriminator, then the generator, both at the size of the moment."""

    card = FamilyCard(
        "progressive",
        "Progressive GAN",
        "Grows from a few pixels to the full size: early pictures within seconds.",
    )
    config_type = Config

    def build(self, config: Config, shape: Shape, rng: torch.Generator) -> Model:
        return Generator(config, shape, rng)

    def critic(self, config: Config, shape: Shape, rng: torch.Generator) -> Judge:
        return Critic(config, shape, rng)

    def fakes(self, config: Config, model: Model, context: StepContext) -> Tensor:
        generator = cast("Generator", model)
        generator.grown.fill_(growth(context.images, config.stage, len(generator.blocks)))
        z = context.normal(len(context.real), model.latent_dim)
        return model.synthesize(model.mapping(z, model.embed(context.condition)), context.noise)

    def reals(self, config: Config, networks: nn.ModuleDict, context: StepContext) -> Tensor:
        """Real pictures fade in as made ones do: else their new detail would give them away."""
        critic = cast("Critic", networks["discriminator"])
        grown = growth(context.images, config.stage, len(critic.from_rgb))
        critic.grown.fill_(grown)
        top = math.ceil(grown)
        if top == grown:
            return context.real
        sharp = critic.reduced(context.real, top)
        soft = blocks.upsample(critic.reduced(context.real, top - 1))
        faded = torch.lerp(soft, sharp, 1.0 - (top - grown))
        return functional.interpolate(faded, context.real.shape[-2:], mode="nearest")


PROGRESSIVE = Progressive()
