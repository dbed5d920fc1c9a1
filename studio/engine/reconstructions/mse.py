"""Mean squared error, as a normal distribution."""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn import functional

from studio.engine.reconstruction import Reconstruction

_LEAST = 1e-5  # variance: keeps the logarithm finite when a picture is hit exactly


def cost(output: Tensor, real: Tensor) -> Tensor:
    """Of independent pixels with a normal distribution of one variance (Rybkin et al. 2021)."""
    variance = functional.mse_loss(output, real) + _LEAST
    return 0.5 * output[0].numel() * (2 * math.pi * math.e * variance).log()


MSE = Reconstruction(
    "mse",
    "Squared error (MSE)",
    "when the numbers count: highest PSNR and the smoothest latent space, but soft.",
    cost,
)
