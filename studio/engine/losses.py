"""Losses that compare pictures or distributions, shared by the families; sums are float32."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from studio.engine.blocks import downsample

_LEAST_SCALE = 1e-3  # keeps the logarithm finite when a picture is hit exactly
_WINDOW = 7  # px
_SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang et al. 2003, section 3.2


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


def laplace_cost(scale: Tensor) -> Tensor:
    """Nats a number, of numbers with a Laplace distribution whose scale is their mean error."""
    return (2 * math.e * (scale + _LEAST_SCALE)).log()


def ssim(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Mean structural similarity of pictures in [-1, 1], and its part without the luminance.

    Wang et al. 2004, equations 12 and 13, in uniform windows of 7 px.
    """
    luminance, contrast = (0.01 * 2) ** 2, (0.03 * 2) ** 2  # C1 and C2 of a range of 2
    means = _windowed(torch.cat([a, b]))
    squares = _windowed(torch.cat([a.square(), b.square()])) - means.square()
    mean_a, mean_b = means.chunk(2)
    covariance = _windowed(a * b) - mean_a * mean_b
    variance_a, variance_b = squares.chunk(2)
    structure = (2 * covariance + contrast) / (variance_a + variance_b + contrast)
    light = (2 * mean_a * mean_b + luminance) / (mean_a.square() + mean_b.square() + luminance)
    return (light * structure).mean(), structure.mean()


def _windowed(batch: Tensor) -> Tensor:
    window = min(_WINDOW, *batch.shape[-2:])
    return functional.avg_pool2d(batch, window, stride=1)


def ms_ssim(a: Tensor, b: Tensor) -> Tensor:
    """Multi-scale structural similarity (Wang et al. 2003, equation 7), a scalar up to 1.

    Of five scales, those that have room for a window; their weights add up to 1.
    """
    scales = [(a, b)]
    while len(scales) < len(_SCALE_WEIGHTS) and _can_halve(a, _WINDOW):
        a, b = downsample(a), downsample(b)
        scales.append((a, b))
    measured = [ssim(*scale) for scale in scales]
    parts = [structure for _, structure in measured[:-1]] + [measured[-1][0]]
    weights = torch.tensor(_SCALE_WEIGHTS[: len(parts)], device=a.device)
    # Below 0, structure is the reverse of what it should be; powers need positive numbers.
    return (torch.stack(parts).clamp(min=1e-3) ** (weights / weights.sum())).prod()


def kl_to_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of each latent from the standard normal, ``[B, D]`` in nats.

    Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance)
