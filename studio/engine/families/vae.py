"""A convolutional variational autoencoder (Kingma & Welling 2014).

Quick to show something, and it encodes: any photograph has a place in its latent space.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.params import param, redeclared
from studio.engine import blocks
from studio.engine.api import FamilyCard
from studio.engine.axes import Pixels
from studio.engine.blocks import ACTIVATION_GAIN, Conv, Linear, activate
from studio.engine.family import (
    ConvConfig,
    Losses,
    Model,
    ModelFamily,
    Noise,
    Phase,
    Shape,
    StepContext,
    one_of,
)
from studio.engine.flow import CodeFlow
from studio.engine.losses import kl_to_normal
from studio.engine.prompts import prompt_encoder
from studio.engine.reconstruction import RECONSTRUCTIONS

_MAX_LOG_VARIANCE = 4.0
_PROMPT_WIDTH = 32


@dataclass(frozen=True)
class Config(ConvConfig):
    """What can be chosen; the defaults are for some hundred pictures and minutes on a CPU."""

    batch: int = redeclared(ConvConfig, "batch", 16)
    rate: float = redeclared(ConvConfig, "rate", 0.012)
    depth: int = param(
        8, "Latent depth", 1, 64, help="Numbers kept for each place: more is more exact."
    )
    places: int = param(
        8,
        "Latent places",
        4,
        32,
        help="Along the shorter side: fewer see more of the picture at once, more are more exact.",
        advanced=True,
    )
    reconstruction: str = one_of(RECONSTRUCTIONS, "pyramid", "Reconstruction")
    prior: int = param(
        160,
        "Prior width",
        0,
        1024,
        4,
        help="Of the network that learns which codes go together; 0 draws them one by one.",
        advanced=True,
    )
    smoothness: float = param(
        0.5,
        "Smoothness",
        0.0,
        100.0,
        help="Weight of the KL term: higher explores better, lower reproduces better.",
    )
    warm_up: int = param(10_000, "Warm-up", 0, 1_000_000, unit="images", advanced=True)
    free_bits: float = param(
        0.05,
        "Free nats",
        0.0,
        2.0,
        help="Information a latent may carry unpunished.",
        advanced=True,
    )

    @classmethod
    def tiny(cls) -> Config:
        return cls(
            batch=4,
            depth=2,
            prior=16,
            capacity=128,
            max_channels=16,
            min_channels=8,
            warm_up=8,
        )


class Posterior(NamedTuple):
    """Where the codes of pictures may lie: normal distributions, each field ``[B, N, H, W]``."""

    mean: Tensor
    log_variance: Tensor

    def sample(self, context: StepContext) -> Tensor:
        deviation = (0.5 * self.log_variance).exp()
        return self.mean + deviation * context.normal(*self.mean.shape)


class Encoder(nn.Module):
    """``batch [B, C, H, W]`` to the posterior of its code ``[B, depth, H', W']``."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        widths = _widths(config, shape)
        self._patch = config.patch
        pixels = Pixels(shape.channels, config.patch)
        self.from_rgb = Conv(pixels, widths[-1], 3, rng, ACTIVATION_GAIN)
        self.down = nn.ModuleDict(
            {
                octave: blocks.ResidualDown(width, narrower, rng)
                for octave, width, narrower in zip(
                    _octaves(config, shape)[:0:-1], widths[:0:-1], widths[-2::-1], strict=True
                )
            }
        )
        self.last = Conv(widths[0], widths[0], 3, rng, ACTIVATION_GAIN)
        self.to_code = Conv(widths[0], 2 * config.depth, 1, rng)

    def forward(self, batch: Tensor) -> Posterior:
        x = activate(self.from_rgb(blocks.to_patches(batch, self._patch)))
        for block in self.down.values():
            x = block(x)
        mean, log_variance = self.to_code(activate(self.last(x))).float().chunk(2, dim=1)
        return Posterior(mean, log_variance.clamp(max=_MAX_LOG_VARIANCE))


class Decoder(nn.Module):
    """Codes ``[B, depth, H', W']`` and embedded prompts to output ``float32 [B, C, H, W]``."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        widths = _widths(config, shape)
        self._patch = config.patch
        circular = config.tileable
        wide = widths[0]
        self.from_code = Conv(config.depth, wide, 3, rng, ACTIVATION_GAIN, circular=circular)
        self.from_prompt = (
            Linear(_PROMPT_WIDTH, wide, rng) if shape.classes or shape.words else None
        )
        self.first = Conv(wide, wide, 3, rng, ACTIVATION_GAIN, circular=circular)
        self.up = nn.ModuleDict(
            {
                octave: blocks.ResidualUp(narrow, wider, rng, circular=circular)
                for octave, (narrow, wider) in zip(
                    _octaves(config, shape)[1:], itertools.pairwise(widths), strict=True
                )
            }
        )
        pixels = Pixels(shape.channels, config.patch)
        self.to_rgb = Conv(widths[-1], pixels, 3, rng, circular=circular)

    def forward(self, code: Tensor, prompt: Tensor | None = None) -> Tensor:
        x = self.from_code(code.contiguous(memory_format=torch.channels_last))
        if self.from_prompt is not None and prompt is not None:
            x = x + self.from_prompt(prompt)[:, :, None, None]
        x = activate(self.first(activate(x)))
        for block in self.up.values():
            x = block(x)
        output: Tensor = blocks.from_patches(self.to_rgb(x), self._patch)
        return output.float()


def _levels(config: Config, shape: Shape) -> list[tuple[int, int]]:
    """Heights and widths of the levels; the lowest, that of the code, has `places` or more."""
    grids = blocks.grids(*shape.size, config.patch)
    return [grid for grid in grids if min(grid) >= config.places] or grids[-1:]


def _widths(config: Config, shape: Shape) -> list[int]:
    """Channels at each level, that of the code first."""
    return [config.channels(min(grid)) for grid in _levels(config, shape)]


def _octaves(config: Config, shape: Shape) -> list[str]:
    """What the levels are known by, the lowest first."""
    return [str(blocks.octave(min(grid))) for grid in _levels(config, shape)]


class Autoencoder(Model):
    """Encoder, decoder, and the flow from z to codes."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        self.code_shape = (config.depth, *_levels(config, shape)[0])
        self.latent_dim = math.prod(self.code_shape)
        self._picture = RECONSTRUCTIONS[config.reconstruction].picture
        self.prompt = prompt_encoder(shape.classes, shape.words, _PROMPT_WIDTH, rng)
        self.encoder = Encoder(config, shape, rng)
        self.decoder = Decoder(config, shape, rng)
        prompt_width = _PROMPT_WIDTH if self.prompt else 0
        self.flow = (
            CodeFlow(self.code_shape, config.prior, prompt_width, rng) if config.prior else None
        )

    @property
    def stages(self) -> Sequence[nn.Module]:
        return [self.decoder.first, *self.decoder.up.values()]

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        z, prompt = w[:, : self.latent_dim], w[:, self.latent_dim :]
        code = z.reshape(-1, *self.code_shape)
        if self.flow is not None:
            code = self.flow.code_of(code, prompt)
        return self._picture(self.decoder(code, prompt))

    def encode(self, batch: Tensor, prompt: Tensor | None = None) -> Tensor:
        code = self.encoder(batch).mean
        if self.flow is not None:
            code = self.flow.z_of(code, prompt)
        return cast("Tensor", code.flatten(1))


class Vae(ModelFamily[Config]):
    """One phase: reconstruction and KL divergence, the two terms of the ELBO."""

    card = FamilyCard(
        "vae",
        "Variational autoencoder",
        "Learns to redraw your pictures; soft, steady, and can start from any photograph.",
        can_encode=True,
    )
    config_type = Config

    def build(self, config: Config, shape: Shape, rng: torch.Generator) -> Model:
        return Autoencoder(config, shape, rng)

    def phases(self, config: Config) -> tuple[Phase, ...]:
        return (Phase("autoencoder", ("model",), config.rate, (0.9, 0.99)),)

    def loss(
        self, phase: str, config: Config, networks: nn.ModuleDict, context: StepContext
    ) -> Losses:
        del phase
        model = cast("Autoencoder", networks["model"])
        prompt = model.embed(context.condition)
        posterior: Posterior = model.encoder(context.real)
        code = posterior.sample(context)
        output = model.decoder(code, prompt)
        reconstruction = RECONSTRUCTIONS[config.reconstruction]
        kl = kl_to_normal(*posterior).mean(dim=0)  # [N, H, W]
        warm = min(1.0, (context.images + 1) / max(1, config.warm_up))
        charged = kl.clamp(min=config.free_bits).sum()
        total = reconstruction.cost(output, context.real) + config.smoothness * warm * charged
        error = functional.l1_loss(reconstruction.picture(output), context.real)
        total = total / context.real[0].numel()
        parts = {"reconstruction": error, "kl": kl.sum()}
        if model.flow is not None:
            model.flow.follow(code, context.images)
            parts["prior"] = model.flow.loss(code, prompt, context.rng)
            total = total + parts["prior"]  # of weights of its own: no balance to find
        return Losses(total, parts)


VAE = Vae()
