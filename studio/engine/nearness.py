"""How near a picture comes to one that is wanted: what inversion and tuning go by.

Pixels, structure at several scales, edges, and what the model's own discriminator sees.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from studio.core.latent import LatentPoint
from studio.engine.api import Inverted
from studio.engine.features import FeatureNetwork, distance
from studio.engine.losses import ms_ssim
from studio.engine.pictures import to_images

_STRUCTURE, _EDGES, _FEATURES = 0.5, 0.5, 0.2  # beside pixels, which count 1

Loss = Callable[[Tensor], Tensor]
"""Of ``batch [1, C, H, W]`` around [-1, 1]: a scalar, 0 where it is what is wanted."""


def loss_to(target: Tensor, features: FeatureNetwork | None) -> Loss:
    """How far pictures are from ``target [1, C, H, W]``."""
    edges = _edges(target)
    with torch.no_grad():
        seen = None if features is None else features(target)

    def loss(made: Tensor) -> Tensor:
        total = (made - target).abs().mean() + _STRUCTURE * (1.0 - ms_ssim(made, target))
        total = total + _EDGES * (_edges(made) - edges).abs().mean()
        if features is not None and seen is not None:
            total = total + _FEATURES * distance(features(made), seen).mean()
        return total

    return loss


@torch.no_grad()
def told(share: float, point: LatentPoint, made: Tensor, target: Tensor) -> Inverted:
    """What a point has come to after a share of the work: both pictures are ``[1, C, H, W]``."""
    likeness = max(0.0, float(ms_ssim(made.clamp(-1.0, 1.0), target)))
    return Inverted(share, point, to_images(made)[0], likeness, to_images(target)[0])


def _edges(batch: Tensor) -> Tensor:
    """Differences of neighbors, across and down, ``[B, 2C, H - 1, W - 1]``."""
    right = batch[..., 1:, 1:] - batch[..., 1:, :-1]
    down = batch[..., 1:, 1:] - batch[..., :-1, 1:]
    return torch.cat([right, down], dim=1)
