"""A convolutional variational autoencoder (Kingma & Welling 2014).

Quick to show something, and it encodes: any photograph has a place in its latent space.
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
from studio.engine.api import FamilyCard
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
)
from studio.engine.losses import kl_to_normal, pyramid
from studio.engine.prompts import prompt_encoder

# The running moments of the codes span this many pictures, or this share of those seen if that is
# fewer: early on the encoder changes faster than its moments could follow.
_MEMORY = 4000
_MEMORY_SHARE = 0.2
_MAX_LOG_VARIANCE = 4.0
_PROMPT_WIDTH = 32


@dataclass(frozen=True)
class Config(ConvConfig):
    """What can be chosen; the defaults are for some hundred pictures and minutes on a CPU."""

    batch: int = param(8, "Batch", 2, 256, help="Pictures a step.")
    depth: int = param(
        16, "Latent depth", 1, 64, help="Numbers kept for each of 4x4 places: more is more exact."
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
        return cls(batch=4, depth=2, capacity=128, max_channels=16, min_channels=8, warm_up=8)


class Encoder(nn.Module):
    """``batch [B, C, H, W]`` to mean and log variance, each ``[B, depth * places]``."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        widths = _widths(config, shape)
        self._patch = config.patch
        inputs = shape.channels * config.patch**2
        self.from_rgb = Conv(inputs, widths[-1], 3, rng, ACTIVATION_GAIN)
        self.down = nn.ModuleList(
            blocks.ResidualDown(width, narrower, rng)
            for width, narrower in zip(widths[:0:-1], widths[-2::-1], strict=True)
        )
        self.last = Conv(widths[0], widths[0], 3, rng, ACTIVATION_GAIN)
        self.to_latent = Conv(widths[0], 2 * config.depth, 1, rng)

    def forward(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        x = activate(self.from_rgb(functional.pixel_unshuffle(batch, self._patch)))
        for block in self.down:
            x = block(x)
        mean, log_variance = self.to_latent(activate(self.last(x))).float().chunk(2, dim=1)
        return mean.flatten(1), log_variance.flatten(1).clamp(max=_MAX_LOG_VARIANCE)


class Decoder(nn.Module):
    """Codes ``[B, depth * places]``, and prompts behind them, to ``batch [B, C, H, W]``."""

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        widths = _widths(config, shape)
        self._depth = config.depth
        self._patch = config.patch
        self._lowest = blocks.grids(*shape.size, config.patch)[0]
        circular = config.tileable
        wide = widths[0]
        self.from_latent = Conv(config.depth, wide, 3, rng, ACTIVATION_GAIN, circular=circular)
        self.from_prompt = (
            Linear(_PROMPT_WIDTH, wide, rng) if shape.classes or shape.words else None
        )
        self.first = Conv(wide, wide, 3, rng, ACTIVATION_GAIN, circular=circular)
        self.up = nn.ModuleList(
            blocks.ResidualUp(narrow, wider, rng, circular=circular)
            for narrow, wider in itertools.pairwise(widths)
        )
        outputs = shape.channels * config.patch**2
        self.to_rgb = Conv(widths[-1], outputs, 3, rng, circular=circular)

    def forward(self, code: Tensor, prompt: Tensor | None = None) -> Tensor:
        x = code.reshape(len(code), self._depth, *self._lowest)
        x = self.from_latent(x.contiguous(memory_format=torch.channels_last))
        if self.from_prompt is not None and prompt is not None:
            x = x + self.from_prompt(prompt)[:, :, None, None]
        x = activate(self.first(activate(x)))
        for block in self.up:
            x = block(x)
        picture: Tensor = functional.pixel_shuffle(self.to_rgb(x), self._patch)
        return picture.float()


def _widths(config: Config, shape: Shape) -> list[int]:
    """Channels at each level, the lowest first."""
    return [config.channels(min(grid)) for grid in blocks.grids(*shape.size, config.patch)]


class Autoencoder(Model):
    """Encoder, decoder, and the running mean and covariance of the codes of real pictures.

    The codes of real pictures do not fill the standard normal evenly, so z is standard normal in
    the Gaussian fitted to them (density estimation after the fact, Ghosh et al. 2020): samples and
    truncation stay where pictures are.
    """

    code_mean: Tensor
    code_covariance: Tensor

    def __init__(self, config: Config, shape: Shape, rng: torch.Generator) -> None:
        super().__init__()
        height, width = blocks.grids(*shape.size, config.patch)[0]
        self.latent_dim = height * width * config.depth
        self.prompt = prompt_encoder(shape.classes, shape.words, _PROMPT_WIDTH, rng)
        self.encoder = Encoder(config, shape, rng)
        self.decoder = Decoder(config, shape, rng)
        self.register_buffer("code_mean", torch.zeros(self.latent_dim))
        self.register_buffer("code_covariance", torch.eye(self.latent_dim))

    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        z, prompt = w[:, : self.latent_dim], w[:, self.latent_dim :]
        code = self.code_mean + z @ self._factor().T
        return cast("Tensor", self.decoder(code, prompt))

    def encode(self, batch: Tensor) -> Tensor:
        mean, _ = self.encoder(batch)
        offset = (mean - self.code_mean).T  # [D, B]
        z: Tensor = torch.linalg.solve_triangular(self._factor(), offset, upper=False)
        return z.T

    def _factor(self) -> Tensor:
        """Lower triangular L with ``L @ L.T`` the covariance of the codes."""
        ridge = 1e-4 * torch.eye(self.latent_dim, device=self.code_covariance.device)
        factor: Tensor = torch.linalg.cholesky_ex(self.code_covariance.float() + ridge).L
        return factor

    @torch.no_grad()
    def track_codes(self, code: Tensor, images: int) -> None:
        """Let the running moments follow sampled codes ``[B, D]``, after `images` pictures."""
        pace = min(1.0, len(code) / max(1.0, min(_MEMORY, images * _MEMORY_SHARE)))
        with torch.autocast(code.device.type, enabled=False):
            self.code_mean.lerp_(code.mean(dim=0), pace)
            offset = code - self.code_mean
            self.code_covariance.lerp_(offset.T @ offset / len(code), pace)


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
        mean, log_variance = model.encoder(context.real)
        code = mean + (0.5 * log_variance).exp() * context.normal(*mean.shape)
        model.track_codes(code, context.images)
        negative_log_likelihood, error = _reconstruction(
            model.decoder(code, model.embed(context.condition)), context.real
        )
        kl = kl_to_normal(mean, log_variance).mean(dim=0)  # [D]
        warm = min(1.0, (context.images + 1) / max(1, config.warm_up))
        charged = kl.clamp(min=config.free_bits).sum()
        total = negative_log_likelihood + config.smoothness * warm * charged
        return Losses(total / context.real[0].numel(), {"reconstruction": error, "kl": kl.sum()})


def _reconstruction(made: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
    """Negative log likelihood in nats a picture, and the mean absolute error of the pixels.

    Each band of the Laplacian pyramid has a Laplace distribution of its own, whose scale b is the
    best one for this batch: ``-log p = n * log(2 b) + n`` with b the mean absolute error (the
    L1 form of the optimal sigma of Rybkin et al. 2021). Fine bands, which are small, so count as
    much as coarse ones: that is what keeps edges.
    """
    pixels = made[0].numel()
    total = made.new_zeros(())
    for ours, theirs in zip(pyramid(made), pyramid(real), strict=True):
        scale = (ours - theirs).abs().mean() + 1e-3
        total = total + ours[0].numel() * torch.log(2 * math.e * scale)
    error = functional.l1_loss(made, real)
    total = total + pixels * torch.log(2 * math.e * (error + 1e-3))
    return total / 2, error


VAE = Vae()
