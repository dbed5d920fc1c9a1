"""How an autoencoder compares what it made with what it was shown: one file each.

`studio.engine.reconstructions` holds them. Each is a negative log likelihood in nats a picture, so
that its weight against the KL term is that of the ELBO; where a distribution has a scale, it is the
best one for the batch (Rybkin et al. 2021, section 4), so there is no weight to tune.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from studio.core.registry import Registry


def as_it_is(output: Tensor) -> Tensor:
    """A decoder whose output is the picture."""
    return output


@dataclass(frozen=True)
class Reconstruction:
    """`cost(output, real)` of ``[B, C, H, W]`` each is in nats a picture, a scalar.

    `picture` turns the decoder's output into a picture in [-1, 1]; `when` says for a person when
    this one is right.
    """

    id: str
    title: str
    when: str
    cost: Callable[[Tensor, Tensor], Tensor]
    picture: Callable[[Tensor], Tensor] = as_it_is


RECONSTRUCTIONS: Registry[Reconstruction] = Registry(
    "studio.engine.reconstructions", Reconstruction, "reconstruction"
)
