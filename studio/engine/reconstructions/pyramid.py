"""Absolute error of each scale of detail, each as a Laplace distribution of its own."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from studio.engine.losses import laplace_cost, pyramid
from studio.engine.reconstruction import Reconstruction


def cost(output: Tensor, real: Tensor) -> Tensor:
    """The mean of the L1 cost and that of the bands of the Laplacian pyramid.

    Each band has a scale of its own, so fine bands, which are small, count as much as coarse ones:
    that is what keeps edges.
    """
    total = output[0].numel() * laplace_cost(functional.l1_loss(output, real))
    for ours, theirs in zip(pyramid(output), pyramid(real), strict=True):
        total = total + ours[0].numel() * laplace_cost(functional.l1_loss(ours, theirs))
    return total / 2


PYRAMID = Reconstruction(
    "pyramid",
    "Detail of every scale",
    "for photographs, and when in doubt: fine detail counts as much as the large shapes.",
    cost,
)
