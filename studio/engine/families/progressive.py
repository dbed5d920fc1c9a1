"""A GAN that grows: first a few pixels, then level upon level, each faded in.

Karras et al. 2018: progressive growing (section 2), minibatch standard deviation (3), equalized
learning rate and pixel norm (4). Latents are not put on a sphere, as there: then truncation would
do nothing, and in so many dimensions they are near one by themselves.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.params import param
from studio.engine import blocks
from studio.engine.adversarial import AdversarialConfig, AdversarialFamily, random_w
from studio.engine.api import FamilyCard
from studio.engine.axes import Parts, Pixels, Places
from studio.engine.blocks import (
    ACTIVATION_GAIN,
    Conv,
    Linear,
    NormedBlock,
    NormedLayout,
    activate,
)
from studio.engine.family import Losses, Model, Noise, Shape, StepContext
from studio.engine.judge import Judge, dropped
from studio.engine.prompts import prompt_encoder

_PROMPT_WIDTH = 32


@dataclass(frozen=True)
class Config(AdversarialConfig):
    """What can be chosen; the defaults are for some hundred pictures and minutes on a CPU."""

    stage: int = param(
        300,
        "Growth",
        1,
        1_000_000,
        unit="images",
        help="So many fade a level in, and so many more train it before the next.",
    )

    @classmethod
    def tiny(cls) -> Config:
        return cls(batch=4, latent_dim=8, capacity=64, max_channels=8, min_channels=4, stage=8)


def growth(images: int, stage: int, levels: int) -> float:
    """The highest level in use after so many images; its fraction is how far it is faded in.

    Level 0 trains for one stage; then each level fades in for one and trains for another.
    """
    cycle, inside = divmod(images / stage - 1.0, 2.0)
    return min(max(0.0, cycle + min(1.0, inside)), levels - 1.0)


def blended(small: Tensor, large: Tensor, share: float) -> Tensor:
    """A `share` of the larger pictures, the rest the smaller ones enlarged: as levels fade in."""
    return torch.lerp(functional.interpolate(small, large.shape[-2:], mode="nearest"), large, share)


class Growing(nn.Module):
    """A network of levels, the lowest first, of which those up to `grown` are in use."""

    grown: Tensor

    def __init__(self, levels: int) -> None:
        super().__init__()
        self._levels = levels
        self.register_buffer("grown", torch.zeros(()))

    def grow(self, images: int, stage: int) -> None:
        """Never back: what starts from a grown model is grown."""
        self.grown.clamp_(min=growth(images, stage, self._levels))

    def top(self) -> tuple[int, float]:
        """The highest level in use, and the share of it that is faded in, in (0, 1]."""
        grown = float(self.grown)
        top = math.ceil(grown)
        return top, 1.0 - (top - grown)


class Levels(Growing):
    """``w [B, D]`` to pictures as large as it is grown."""

    def __init__(self, inputs: Parts, config: Config, shape: Shape, rng: torch.Generator) -> None:
        grids = blocks.grids(*shape.size, config.patch)
        super().__init__(len(grids))
        widths = [config.channels(min(grid)) for grid in grids]
        self._patch = config.patch
        self._circular = config.tileable
        self.layout = NormedLayout(inputs, Places(widths[0], *grids[0]), rng)
        self.blocks = nn.ModuleList(
            NormedBlock(before, width, rng, circular=config.tileable)
            for before, width in itertools.pairwise([widths[0], *widths])
        )
        pixels = Pixels(shape.channels, config.patch)
        self.to_rgb = nn.ModuleList(Conv(width, pixels, 1, rng) for width in widths)

    def forward(self, w: Tensor) -> Tensor:
        top, share = self.top()
        below = x = self.blocks[0](self.layout(w))
        for block in list(self.blocks)[1 : top + 1]:
            below, x = x, block(blocks.upsample(x, self._circular))
        picture = self._picture(x, top)
        return picture if share == 1.0 else blended(self._picture(below, top - 1), picture, share)

    def _picture(self, x: Tensor, level: int) -> Tensor:
        return blocks.from_patches(self.to_rgb[level](x).float(), self._patch)


class Generator(Model):
    """z, and the embedded prompt behind it, to pictures: of the full size, however far it grew."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        self.latent_dim = config.latent_dim
        self.prompt = prompt_encoder(shape.classes, shape.words, _PROMPT_WIDTH, rng)
        inputs = Parts((config.latent_dim, *([_PROMPT_WIDTH] if self.prompt else [])))
        self.levels = Levels(inputs, config, shape, rng)
        self._size = shape.size

    @property
    def stages(self) -> Sequence[nn.Module]:
        return list(self.levels.blocks)

    @property
    def w_readers(self) -> Sequence[Tensor]:
        return (self.levels.layout.weight,)

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        del noise, size
        return functional.interpolate(self.levels(w), self._size, mode="nearest")


class Critic(Growing, Judge):
    """``batch [B, C, H, W]`` to scores ``[B, 1]``; larger pictures are reduced to its own size."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        grids = blocks.grids(*shape.size, config.patch)
        super().__init__(len(grids))
        widths = [config.channels(min(grid)) for grid in grids]
        self._sizes = [(height * config.patch, width * config.patch) for height, width in grids]
        self._patch = config.patch
        self._dropout = config.dropout
        pixels = Pixels(shape.channels, config.patch)
        self.from_rgb = nn.ModuleList(
            Conv(pixels, width, 1, rng, ACTIVATION_GAIN) for width in widths
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
        self.hidden = Linear(Places(widths[0], *grids[0]), widths[0], rng, gain=ACTIVATION_GAIN)
        self.score = Linear(widths[0], 1, rng)
        self.prompt = prompt_encoder(shape.classes, shape.words, widths[0], rng)

    def look(self, batch: Tensor, rng: torch.Generator | None = None) -> Tensor:
        top, share = self.top()
        batch = self.reduced(batch, top)
        x = self._read(batch, top)
        for level in range(top, 0, -1):
            x = activate(self.seconds[level - 1](activate(self.firsts[level - 1](x))))
            x = blocks.downsample(x)
            if level == top and share < 1.0:
                x = torch.lerp(self._read(self.reduced(batch, top - 1), top - 1), x, share)
        x = activate(self.last_conv(self.deviation(x)))
        return dropped(activate(self.hidden(x.flatten(1))), self._dropout, rng)

    def first_levels(self, count: int) -> list[nn.Module]:
        first = max(0, len(self.firsts) - count)
        levels = [*[*self.firsts][first:], *[*self.seconds][first:]]
        return [self.from_rgb, *levels] if count else []

    def reduced(self, batch: Tensor, level: int) -> Tensor:
        """The pictures at the size of a level."""
        return functional.adaptive_avg_pool2d(batch, self._sizes[level])

    def faded(self, batch: Tensor) -> Tensor:
        """Real pictures at the size of the moment, their new detail faded in as in made ones.

        Otherwise it would give them away.
        """
        top, share = self.top()
        large = self.reduced(batch, top)
        return large if share == 1.0 else blended(self.reduced(batch, top - 1), large, share)

    def _read(self, batch: Tensor, level: int) -> Tensor:
        return activate(self.from_rgb[level](blocks.to_patches(batch, self._patch)))


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

    def loss(
        self, phase: str, config: Config, networks: nn.ModuleDict, context: StepContext
    ) -> Losses:
        for part in (cast("Generator", networks["model"]).levels, networks["discriminator"]):
            cast("Growing", part).grow(context.images, config.stage)
        return super().loss(phase, config, networks, context)

    def fakes(self, config: Config, model: Model, context: StepContext) -> tuple[Tensor, ...]:
        del config
        return (cast("Generator", model).levels(random_w(model, context)),)

    def reals(
        self, config: Config, networks: nn.ModuleDict, context: StepContext
    ) -> tuple[Tensor, ...]:
        del config
        return (cast("Critic", networks["discriminator"]).faded(context.real),)


PROGRESSIVE = Progressive()
