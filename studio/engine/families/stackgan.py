"""Pictures from captions, in two stages: a rough small one first, then the full size.

Zhang et al. 2017: conditioning augmentation (section 3.2), stage I and stage II (3.3, 3.4), and
real pictures with captions of others as negatives. Both stages learn at once, each from a
discriminator of its own, because minutes are too few for one after the other, and features are
normed place by place, because batches are too small for their own statistics.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.params import param, redeclared
from studio.engine import blocks
from studio.engine.adversarial import View, random_w
from studio.engine.api import FamilyCard
from studio.engine.augment import AdaptiveStrength
from studio.engine.axes import Parts, Pixels, Places
from studio.engine.blocks import (
    ACTIVATION_GAIN,
    Conv,
    Linear,
    NormedBlock,
    NormedLayout,
    activate,
)
from studio.engine.family import Losses, Model, Noise, Phase, Shape, StepContext
from studio.engine.judge import Judge
from studio.engine.losses import kl_to_normal
from studio.engine.prompts import prompt_encoder
from studio.engine.residual import ResidualConfig, ResidualFamily

_PROMPT_WIDTH = 64
_FIRST_LOG_VARIANCE = -2.0  # at 0, noise would drown the captions until they differ


@dataclass(frozen=True)
class Config(ResidualConfig):
    """What can be chosen; the defaults are for some thousand captioned pictures on a CPU."""

    prompt: str = redeclared(ResidualConfig, "prompt", "captions")
    mismatch: bool = redeclared(ResidualConfig, "mismatch", True)
    conditioning: int = param(
        128, "Conditioning size", 2, 512, help="Numbers that a prompt is reduced to.", advanced=True
    )
    caption_variety: float = param(
        0.1,
        "Caption variety",
        0.0,
        10.0,
        help="Weight of the KL term: higher, and like captions give like pictures.",
        advanced=True,
    )

    @classmethod
    def tiny(cls) -> Config:
        return cls(
            batch=4, latent_dim=8, capacity=64, max_channels=8, min_channels=8, conditioning=8
        )


def rough_size(height: int, width: int, patch: int) -> tuple[int, int]:
    """Height and width in px of the pictures of stage I: a level in the middle."""
    grids = blocks.grids(height, width, patch)
    return grids[len(grids) // 2]


class Conditioning(nn.Module):
    """Conditioning augmentation: an embedded prompt to mean and log variance, each ``[B, D]``."""

    def __init__(self, inputs: int, outputs: int, rng: torch.Generator) -> None:
        super().__init__()
        self.size = outputs
        self.layer = Linear(inputs, 2 * outputs, rng)
        with torch.no_grad():
            self.layer.bias[outputs:] = _FIRST_LOG_VARIANCE

    def forward(self, prompt: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.layer(prompt).float().chunk(2, dim=1)
        return mean, log_variance.clamp(-8.0, 4.0)

    def drawn(self, prompt: Tensor, noise: Tensor) -> Tensor:
        """The condition ``[B, D]`` that standard normal noise ``[B, D]`` chooses (equation 2)."""
        mean, log_variance = self(prompt)
        condition: Tensor = mean + (0.5 * log_variance).exp() * noise
        return condition


class StageOne(nn.Module):
    """Noise and condition to a rough picture."""

    def __init__(self, inputs: Parts, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        circular = config.tileable
        grids = blocks.grids(*rough_size(*shape.size, config.patch))
        widths = [config.channels(min(grid)) for grid in grids]
        self._circular = circular
        self.layout = NormedLayout(inputs, Places(widths[0], *grids[0]), rng)
        self.levels = nn.ModuleList(
            NormedBlock(before, width, rng, circular=circular)
            for before, width in itertools.pairwise([widths[0], *widths])
        )
        pixels = Pixels(shape.channels, 1)
        self.to_rgb = Conv(widths[-1], pixels, 3, rng, circular=circular)

    def forward(self, code: Tensor) -> Tensor:
        first, *above = self.levels
        x = first(self.layout(code))
        for level in above:
            x = level(blocks.upsample(x, self._circular))
        picture: Tensor = self.to_rgb(x)
        return picture.float()


class StageTwo(nn.Module):
    """A rough picture and its condition to one of the full size, which corrects it."""

    def __init__(self, condition: int, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        circular = self._circular = config.tileable
        grids = blocks.grids(*shape.size, config.patch)
        widths = [config.channels(min(grid)) for grid in grids[len(grids) // 2 :]]
        self._patch = config.patch
        self.look = Conv(
            Pixels(shape.channels, 1), widths[0], 3, rng, ACTIVATION_GAIN, circular=circular
        )
        self.condition = Linear(condition, widths[0], rng) if condition else None
        self.levels = nn.ModuleList(
            NormedBlock(before, width, rng, circular=circular)
            for before, width in itertools.pairwise([widths[0], *widths])
        )
        pixels = Pixels(shape.channels, config.patch)
        self.to_rgb = Conv(widths[-1], pixels, 3, rng, circular=circular)

    def forward(self, rough: Tensor, condition: Tensor) -> Tensor:
        x = self.look(rough)
        if self.condition is not None:
            x = x + self.condition(condition)[:, :, None, None].to(x.dtype)
        first, *above = self.levels
        x = first(activate(x))
        for level in above:
            x, rough = (blocks.upsample(part, self._circular) for part in (x, rough))
            x = level(x)
        detail = blocks.from_patches(self.to_rgb(x).float(), self._patch)
        return detail + functional.interpolate(rough, detail.shape[-2:], mode="nearest")


class StackGenerator(Model):
    """z, and the embedded prompt behind it, to pictures.

    With prompts, the last numbers of z choose among the conditions that a prompt stands for.
    """

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        self.prompt = prompt_encoder(shape.classes, shape.words, _PROMPT_WIDTH, rng)
        asked = 0 if self.prompt is None else config.conditioning
        self.latent_dim = asked + config.latent_dim
        self.conditioning = Conditioning(_PROMPT_WIDTH, asked, rng) if asked else None
        self.one = StageOne(Parts((config.latent_dim, asked)), config, shape, rng)
        self.two = StageTwo(asked, config, shape, rng)

    @property
    def stages(self) -> Sequence[nn.Module]:
        return [*self.one.levels, *self.two.levels]

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        del noise
        code, condition = self._code(w)
        rough: Tensor = self.one(code)
        if size is not None and max(rough.shape[-2:]) >= size:
            return rough
        picture: Tensor = self.two(rough, condition)
        return picture

    def both(self, w: Tensor) -> tuple[Tensor, Tensor]:
        """The pictures of both stages, the full ones first."""
        code, condition = self._code(w)
        rough = self.one(code)
        return self.two(rough, condition), rough

    def _code(self, w: Tensor) -> tuple[Tensor, Tensor]:
        """What stage I starts from, and the condition at its end."""
        if self.conditioning is None:
            return w, w[:, :0]
        z, prompt = w[:, : self.latent_dim], w[:, self.latent_dim :]
        z, choice = z[:, : -self.conditioning.size], z[:, -self.conditioning.size :]
        condition = self.conditioning.drawn(prompt, choice)
        return torch.cat([z, condition], dim=1), condition


class StackGan(ResidualFamily[Config]):
    """Two phases a step: the discriminators of both stages, then both stages."""

    card = FamilyCard(
        "stackgan",
        "StackGAN",
        "Draws what you ask for in words, learned from the captions of your pictures.",
    )
    config_type = Config

    def build(self, config: Config, shape: Shape, rng: torch.Generator) -> Model:
        return StackGenerator(config, shape, rng)

    def helpers(
        self, config: Config, shape: Shape, rng: torch.Generator
    ) -> Mapping[str, nn.Module]:
        height, width = rough_size(*shape.size, config.patch)
        rough = shape._replace(height=height, width=width)
        below = super().helpers(replace(config, patch=1, stem=1), rough, rng)
        return {
            **super().helpers(config, shape, rng),
            **{f"rough_{name}": part for name, part in below.items()},
        }

    def phases(self, config: Config) -> tuple[Phase, ...]:
        critics, generator = super().phases(config)
        return replace(critics, parts=(*critics.parts, "rough_discriminator")), generator

    def frozen(self, config: Config, networks: nn.ModuleDict) -> Iterable[nn.Module]:
        rough = cast("Judge", networks["rough_discriminator"])
        return [*super().frozen(config, networks), *rough.first_levels(config.freeze)]

    def views(
        self, config: Config, networks: nn.ModuleDict, context: StepContext
    ) -> tuple[View, ...]:
        critic = cast("Judge", networks["rough_discriminator"])
        strength = cast("AdaptiveStrength", networks["rough_strength"])
        return (*super().views(config, networks, context), View(config, critic, strength, context))

    def fakes(self, config: Config, model: Model, context: StepContext) -> tuple[Tensor, ...]:
        del config
        return cast("StackGenerator", model).both(random_w(model, context))

    def reals(
        self, config: Config, networks: nn.ModuleDict, context: StepContext
    ) -> tuple[Tensor, ...]:
        del networks
        height, width = context.real.shape[-2:]
        size = rough_size(height, width, config.patch)
        return context.real, functional.adaptive_avg_pool2d(context.real, size)

    def generator_loss(
        self, config: Config, networks: nn.ModuleDict, context: StepContext
    ) -> Losses:
        losses = super().generator_loss(config, networks, context)
        generator = cast("StackGenerator", networks["model"])
        prompt = generator.embed(context.condition)
        if generator.conditioning is None or prompt is None:
            return losses
        kl = kl_to_normal(*generator.conditioning(prompt)).mean()
        return Losses(losses.total + config.caption_variety * kl, {**losses.parts, "kl": kl})


STACKGAN = StackGan()
