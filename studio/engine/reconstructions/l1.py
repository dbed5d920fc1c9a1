"""Mean absolute error, as a Laplace distribution."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from studio.engine.losses import laplace_cost
from studio.engine.reconstruction import Reconstruction


def cost(output: Tensor, real: Tensor) -> Tensor:
    """Of independent pixels with a Laplace distribution of one scale."""
    return output[0].numel() * laplace_cost(functional.l1_loss(output, real))


L1 = Reconstruction(
    "l1",
    "Absolute error (L1)",
    "for flat drawings and icons: clean areas and edges, indifferent to a few odd pixels.",
    cost,
)
