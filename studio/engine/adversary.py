"""What a generator and a discriminator want of each other: losses and penalties, one file each.

`studio.engine.adversaries` holds the losses, `studio.engine.penalties` what is added to keep the
discriminator smooth. Penalties are float32: bfloat16 has too few digits for a gradient of a
gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.core.registry import Registry
from studio.engine.second_order import TwiceDifferentiable

Critic = Callable[[Tensor], Tensor]
"""``batch [B, C, H, W]`` to scores ``[B, 1]``: higher means real.

Real and made pictures may come in one batch, the made ones behind as many real ones.
"""


@dataclass(frozen=True)
class Adversary:
    """A pair of losses on scores ``[B, 1]`` of real and made pictures, each giving a scalar.

    `when` says when it is right, for a person. With `relative`, only the difference of scores of
    real and made pictures counts, so the generator's loss needs both.
    """

    id: str
    title: str
    when: str
    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor, Tensor], Tensor]
    relative: bool = False


@dataclass(frozen=True)
class Penalty:
    """`of(critic, real, fake, rng)` is added to the discriminator's loss, times gamma / 2."""

    id: str
    title: str
    when: str
    of: Callable[[Critic, Tensor, Tensor, torch.Generator], Tensor]


def gradients(critic: Critic, batch: Tensor) -> Tensor:
    """The gradient of each picture's score at that picture, ``float32 [B, C * H * W]``."""
    with torch.autocast(batch.device.type, enabled=False), TwiceDifferentiable():
        at = batch.detach().float().requires_grad_()
        (gradient,) = torch.autograd.grad(critic(at).sum(), at, create_graph=True)
        return gradient.flatten(1)


def gradient_penalty(critic: Critic, batch: Tensor) -> Tensor:
    """Mean squared length of the scores' gradient at `batch` (R1 of Mescheder et al. 2018)."""
    return gradients(critic, batch).square().sum(dim=1).mean()


ADVERSARIES: Registry[Adversary] = Registry("studio.engine.adversaries", Adversary, "GAN loss")
PENALTIES: Registry[Penalty] = Registry("studio.engine.penalties", Penalty, "gradient penalty")
