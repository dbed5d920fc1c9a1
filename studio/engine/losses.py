"""Losses that families share. Penalties and sums that bfloat16 would spoil are float32."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from studio.engine.blocks import downsample


class AdversarialLoss(NamedTuple):
    """A pair of losses on scores ``[B, 1]`` of the discriminator.

    `discriminator(real, fake)` and `generator(real, fake)` give a scalar; only with `needs_real`
    does the generator's look at the scores of real pictures. `penalizes_fake` adds R2 to R1.
    """

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor, Tensor], Tensor]
    needs_real: bool
    penalizes_fake: bool


ADVERSARIAL: Mapping[str, AdversarialLoss] = {
    # Goodfellow et al. 2014, section 3, in logits.
    "non-saturating": AdversarialLoss(
        lambda real, fake: (functional.softplus(fake) + functional.softplus(-real)).mean(),
        lambda _real, fake: functional.softplus(-fake).mean(),
        needs_real=False,
        penalizes_fake=False,
    ),
    # Relativistic pairing (Jolicoeur-Martineau 2019) as in R3GAN (Huang et al. 2024, equation 2).
    "relativistic": AdversarialLoss(
        lambda real, fake: functional.softplus(fake - real).mean(),
        lambda real, fake: functional.softplus(real - fake).mean(),
        needs_real=True,
        penalizes_fake=True,
    ),
}


def gradient_penalty(critic: Callable[[Tensor], Tensor], batch: Tensor) -> Tensor:
    """Mean squared length of the gradient of the scores at `batch` (R1 of Mescheder et al. 2018).

    Computed in float32: bfloat16 has too few digits for a gradient of a gradient.
    """
    with torch.autocast(batch.device.type, enabled=False):
        at = batch.detach().float().requires_grad_()
        (gradient,) = torch.autograd.grad(critic(at).sum(), at, create_graph=True)
        return gradient.square().sum(dim=(1, 2, 3)).mean()


def pyramid(batch: Tensor, lowest: int = 8) -> list[Tensor]:
    """The Laplacian pyramid (Burt & Adelson 1983): detail of each side, then the rest."""
    bands = []
    while batch.shape[-1] > lowest:
        smaller = downsample(batch)
        bands.append(batch - functional.interpolate(smaller, scale_factor=2.0, mode="nearest"))
        batch = smaller
    return [*bands, batch]


def kl_to_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of each latent from the standard normal, ``[B, D]`` in nats.

    Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance)
