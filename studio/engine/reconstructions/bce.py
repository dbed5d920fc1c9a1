"""Binary cross-entropy, as a Bernoulli distribution."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from studio.engine.reconstruction import Reconstruction


def cost(output: Tensor, real: Tensor) -> Tensor:
    """Of independent pixels that are lit with a probability; the output is its logit."""
    bits = (real + 1.0) / 2.0
    total = functional.binary_cross_entropy_with_logits(output, bits, reduction="sum")
    return total / len(real)


def picture(output: Tensor) -> Tensor:
    """The probabilities, in [-1, 1]."""
    return (output / 2.0).tanh()


BCE = Reconstruction(
    "bce",
    "Cross-entropy (BCE)",
    "for black on white: letters, stamps, silhouettes and masks.",
    cost,
    picture,
)
