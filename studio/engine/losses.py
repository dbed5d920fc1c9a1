"""Losses that compare pictures or distributions, shared by the families; sums are float32."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from studio.engine.blocks import downsample


def pyramid(batch: Tensor, lowest: int = 8) -> list[Tensor]:
    """The Laplacian pyramid (Burt & Adelson 1983): detail of each scale, then the rest.

    It ends where the shorter side cannot be halved or would be below `lowest`.
    """
    bands = []
    while _can_halve(batch, lowest):
        smaller = downsample(batch)
        bands.append(batch - functional.interpolate(smaller, scale_factor=2.0, mode="nearest"))
        batch = smaller
    return [*bands, batch]


def _can_halve(batch: Tensor, lowest: int) -> bool:
    height, width = batch.shape[-2:]
    return height % 2 == 0 and width % 2 == 0 and min(height, width) >= 2 * lowest


def kl_to_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of each latent from the standard normal, ``[B, D]`` in nats.

    Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance)
