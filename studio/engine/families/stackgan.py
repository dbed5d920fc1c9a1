"""Pictures from captions, in two stages: a rough small one first, then the full size.

Zhang et al. 2017: conditioning augmentation (section 3.2), stage I and stage II (3.3, 3.4), and
real pictures with captions of others as negatives. Both stages learn at once, each against its half
of the discriminator.
"""

from __future__ import annotations

import itertools
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
    Discriminator,
    Judge,
    View,
)
from studio.engine.adversary import ADVERSARIES
from studio.engine.api import FamilyCard
from studio.engine.blocks import ACTIVATION_GAIN, Conv, Linear, activate
from studio.engine.family import PROMPTS, Losses, Model, Noise, Shape, StepContext
from studio.engine.losses import kl_to_normal
from studio.engine.prompts import prompt_encoder

_PROMPT_WIDTH = 64


@dataclass(frozen=True)
class Config(AdversarialConfig):
    """What can be chosen; the defaults are for some thousand captioned pictures on a CPU."""

    prompt: str = param(
        "captions",
        "Prompt",
        choices=PROMPTS,
        help="What pictures can be asked for by: the classes of yours, or words of their captions.",
    )
    conditioning: int = param(
        32, "Conditioning size", 2, 512, help="Numbers that a caption is reduced to.", advanced=True
    )
    caption_variety: float = param(
        1.0,
        "Caption variety",
        0.0,
        10.0,
        help="Weight of the KL term that makes like captions give like pictures.",
        advanced=True,
    )
    patch: int = param(1, "Patch", 1, 1, unit="px", advanced=True)

    @classmethod
    def tiny(cls) -> Config:
        return cls(
            batch=4,
            latent_dim=8,
            capacity=64,
            max_channels=8,
            min_channels=4,
            conditioning=4,
            prompt="none",
        )


class Conditioning(nn.Module):
    """Conditioning augmentation: an embedded prompt to mean and log variance, each ``[B, D]``."""

    def __init__(self, inputs: int, outputs: int, rng: torch.Generator) -> None:
        super().__init__()
        self.layer = Linear(inputs, 2 * outputs, rng)

    def forward(self, prompt: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.layer(prompt).float().chunk(2, dim=1)
        return mean, log_variance.clamp(-8.0, 4.0)


class StageOne(nn.Module):
    """Noise and condition to a picture of the lower levels."""

    def __init__(
        self, inputs: int, config: Config, shape: Shape, levels: int, rng: torch.Generator
    ) -> None:
        super().__init__()
        circular = config.tileable
        grids = blocks.grids(*shape.size)[:levels]
        widths = [config.channels(min(grid)) for grid in grids]
        self._lowest = grids[0]
        places = grids[0][0] * grids[0][1]
        self.layout = Linear(inputs, widths[0] * places, rng, gain=ACTIVATION_GAIN)
        self.up = nn.ModuleList(
            blocks.ResidualUp(before, after, rng, circular=circular)
            for before, after in itertools.pairwise(widths)
        )
        self.to_rgb = Conv(widths[-1], shape.channels, 3, rng, circular=circular)

    def forward(self, code: Tensor) -> Tensor:
        x = activate(self.layout(code)).reshape(len(code), -1, *self._lowest)
        x = x.contiguous(memory_format=torch.channels_last)
        for block in self.up:
            x = block(x)
        picture: Tensor = self.to_rgb(x)
        return picture.float()


class StageTwo(nn.Module):
    """A rough picture and its condition to one of the full size, which corrects it."""

    def __init__(
        self, condition: int, config: Config, shape: Shape, levels: int, rng: torch.Generator
    ) -> None:
        super().__init__()
        circular = config.tileable
        grids = blocks.grids(*shape.size)[levels - 1 :]
        widths = [config.channels(min(grid)) for grid in grids]
        wide = widths[0]
        self.look = Conv(shape.channels, wide, 3, rng, ACTIVATION_GAIN, circular=circular)
        self.condition = Linear(condition, wide, rng) if condition else None
        self.think = Conv(wide, wide, 3, rng, ACTIVATION_GAIN, circular=circular)
        self.up = nn.ModuleList(
            blocks.ResidualUp(before, after, rng, circular=circular)
            for before, after in itertools.pairwise(widths)
        )
        self.to_rgb = Conv(widths[-1], shape.channels, 3, rng, circular=circular)
        self._circular = circular

    def forward(self, rough: Tensor, condition: Tensor) -> Tensor:
        x = activate(self.look(rough))
        if self.condition is not None:
            x = x + self.condition(condition)[:, :, None, None].to(x.dtype)
        x = activate(self.think(x))
        base = rough
        for block in self.up:
            x, base = block(x), blocks.upsample(base, self._circular)
        picture: Tensor = self.to_rgb(x).float() + base
        return picture


class StackGenerator(Model):
    """z, and the embedded prompt behind it, to pictures."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        levels = len(blocks.grids(*shape.size)) // 2 + 1  # of stage I
        self.latent_dim = config.latent_dim
        self.prompt = prompt_encoder(shape.classes, shape.words, _PROMPT_WIDTH, rng)
        asked = 0 if self.prompt is None else config.conditioning
        self.conditioning = Conditioning(_PROMPT_WIDTH, asked, rng) if asked else None
        self.one = StageOne(config.latent_dim + asked, config, shape, levels, rng)
        self.two = StageTwo(asked, config, shape, levels, rng)

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        del noise
        z, prompt = w[:, : self.latent_dim], w[:, self.latent_dim :]
        condition = z[:, :0] if self.conditioning is None else self.conditioning(prompt)[0]
        rough = self.rough(z, condition)
        enough = size is not None and max(rough.shape[-2:]) >= size
        return rough if enough else self.full(rough, condition)

    def rough(self, z: Tensor, condition: Tensor) -> Tensor:
        """The picture of stage I."""
        picture: Tensor = self.one(torch.cat([z, condition.to(z.dtype)], dim=1))
        return picture

    def full(self, rough: Tensor, condition: Tensor) -> Tensor:
        """The picture of stage II."""
        picture: Tensor = self.two(rough, condition)
        return picture


class StackDiscriminator(Judge):
    """Scores ``[B, 2]`` of ``batch [B, 2 * C, H, W]``: full pictures, and rough ones enlarged."""

    def __init__(self, config: Config, shape: Shape, rough: Shape, rng: torch.Generator) -> None:
        super().__init__()
        self.rough_size = rough.size
        self.full = Discriminator(config, shape, rng)
        self.rough = Discriminator(config, rough, rng)

    def first_levels(self, count: int) -> list[nn.Module]:
        return [*self.full.first_levels(count), *self.rough.first_levels(count)]

    def forward(
        self,
        batch: Tensor,
        condition: Tensor | None = None,
        rng: torch.Generator | None = None,
    ) -> Tensor:
        full, rough = batch.chunk(2, dim=1) if batch.shape[1] > 4 else (batch, batch)
        small = functional.adaptive_avg_pool2d(rough, self.rough_size)
        scores = [self.full(full, condition, rng), self.rough(small, condition, rng)]
        return torch.cat(scores, dim=1)


class StackGan(AdversarialFamily[Config]):
    """Two phases a step: the discriminators of both stages, then both stages."""

    card = FamilyCard(
        "stackgan",
        "StackGAN",
        "Draws what you ask for in words, learned from the captions of your pictures.",
    )
    config_type = Config

    def build(self, config: Config, shape: Shape, rng: torch.Generator) -> Model:
        return StackGenerator(config, shape, rng)

    def critic(self, config: Config, shape: Shape, rng: torch.Generator) -> Judge:
        grids = blocks.grids(*shape.size)
        height, width = grids[len(grids) // 2]
        return StackDiscriminator(config, shape, shape._replace(height=height, width=width), rng)

    def fakes(self, config: Config, model: Model, context: StepContext) -> Tensor:
        generator = cast("StackGenerator", model)
        z = context.normal(len(context.real), generator.latent_dim)
        condition = z[:, :0]
        if generator.conditioning is not None:
            mean, log_variance = generator.conditioning(_asked(generator, context))
            condition = mean + (0.5 * log_variance).exp() * context.normal(*mean.shape)
        rough = generator.rough(z, condition)
        return _stacked(generator.full(rough, condition), rough)

    def reals(self, config: Config, networks: nn.ModuleDict, context: StepContext) -> Tensor:
        del config
        critic = cast("StackDiscriminator", networks["discriminator"])
        rough = functional.adaptive_avg_pool2d(context.real, critic.rough_size)
        return _stacked(context.real, rough)

    def further_loss(
        self, config: Config, view: View, real: Tensor, real_scores: Tensor
    ) -> Tensor | float:
        """Real pictures with the captions of others must not pass."""
        if view.condition is None:
            return 0.0
        wrong = view.judge(real, view.condition.roll(1, 0))
        return ADVERSARIES[config.loss].discriminator(real_scores, wrong)

    def generator_loss(
        self, config: Config, networks: nn.ModuleDict, context: StepContext
    ) -> Losses:
        losses = super().generator_loss(config, networks, context)
        generator = cast("StackGenerator", networks["model"])
        if generator.conditioning is None:
            return losses
        moments = generator.conditioning(_asked(generator, context))
        kl = kl_to_normal(*moments).mean()
        total = losses.total + config.caption_variety * kl
        return Losses(total, {**losses.parts, "kl": kl})


def _asked(generator: StackGenerator, context: StepContext) -> Tensor:
    prompt = generator.embed(context.condition)
    if prompt is None:  # a model that takes prompts is only trained with them
        raise ValueError("no condition")
    return prompt


def _stacked(full: Tensor, rough: Tensor) -> Tensor:
    """Both in one batch, ``[B, 2 * C, H, W]``, so that they are varied together."""
    large = functional.interpolate(rough, full.shape[-2:], mode="nearest")
    return torch.cat([full, large], dim=1).contiguous(memory_format=torch.channels_last)


STACKGAN = StackGan()
