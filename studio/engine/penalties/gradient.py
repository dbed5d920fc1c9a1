"""Gradients of length one between real and made pictures."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.engine.adversary import Critic, Penalty, gradients


def _between(critic: Critic, real: Tensor, fake: Tensor, rng: torch.Generator) -> Tensor:
    share = torch.rand((len(real), 1, 1, 1), generator=rng, device=real.device)
    length = gradients(critic, torch.lerp(real.float(), fake.float(), share)).norm(dim=1)
    penalty: Tensor = (length - 1.0).square().mean()
    return penalty


# Gulrajani et al. 2017, equation 3: there gamma / 2 is 10.
GRADIENT = Penalty(
    "gradient", "Gradient length 1", "What the Wasserstein loss needs; gamma 20.", _between
)
