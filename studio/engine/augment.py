"""Differentiable augmentation for small data sets (Zhao et al. 2020).

Real and made pictures pass through the same random changes before the discriminator sees them, so
it cannot learn the few real ones by heart and the generator is not taught the changes themselves.
Flips, turns and color inversion are left out: those are what leaks into the pictures in practice.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

Augmentation = Callable[[Tensor, torch.Generator], Tensor]

MOST_VARIED = 0.8  # more leaks into the pictures
CONFIDENT = 0.6  # mean sign above which the discriminator knows the pictures too well
_CONFIDENCE_PACE = 0.02  # share of a step in the running mean: about 50 steps of memory
_PASSES_TO_MOST = 60  # over the dataset, from nothing to `MOST_VARIED`

_SHIFT = 1 / 8  # largest translation, of the side
_HOLE = 1 / 2  # side of the hole, of the side


def _uniform(batch: Tensor, rng: torch.Generator, low: float, high: float) -> Tensor:
    """One number a picture, ``[B, 1, 1, 1]``."""
    values = torch.rand((len(batch), 1, 1, 1), generator=rng, device=batch.device)
    return values * (high - low) + low


def brightness(batch: Tensor, rng: torch.Generator) -> Tensor:
    return batch + _uniform(batch, rng, -0.5, 0.5)


def saturation(batch: Tensor, rng: torch.Generator) -> Tensor:
    # Added by hand: where channels are last, a mean along so few numbers takes six times as long.
    grey = functools.reduce(torch.add, batch.unbind(1))[:, None] / batch.shape[1]
    return grey + (batch - grey) * _uniform(batch, rng, 0.0, 2.0)


def contrast(batch: Tensor, rng: torch.Generator) -> Tensor:
    mean = batch.mean(dim=(1, 2, 3), keepdim=True)
    return mean + (batch - mean) * _uniform(batch, rng, 0.5, 1.5)


def translation(batch: Tensor, rng: torch.Generator) -> Tensor:
    """Shift each picture by whole pixels; grey comes in from outside."""
    height, width = batch.shape[-2:]
    reach = max(1, round(min(height, width) * _SHIFT))
    shifts = torch.randint(2 * reach + 1, (len(batch), 2), generator=rng, device=batch.device)
    padded = functional.pad(batch, (reach,) * 4)
    return _windows(padded, shifts, height, width)


def roll(batch: Tensor, rng: torch.Generator) -> Tensor:
    """Turn each picture round the torus: where its edges meet comes to lie anywhere."""
    height, width = batch.shape[-2:]
    limits = torch.tensor([height, width], device=batch.device)
    shares = torch.rand((len(batch), 2), generator=rng, device=batch.device)
    twice = functional.pad(batch, (0, width, 0, height), mode="circular")
    return _windows(twice, (shares * limits).long(), height, width)


def _windows(batch: Tensor, corners: Tensor, height: int, width: int) -> Tensor:
    """Of each picture the window at its corner ``[B, 2]``, without asking a GPU for numbers."""
    device, (count, channels, high, wide) = batch.device, batch.shape
    rows = corners[:, :1] + torch.arange(height, device=device)  # [B, H]
    rows = rows + torch.arange(count, device=device)[:, None] * high
    columns = corners[:, 1:] + torch.arange(width, device=device)  # [B, W]
    places = rows[:, :, None] * wide + columns[:, None]  # [B, H, W], among those of all pictures
    pixels = batch.permute(0, 2, 3, 1).reshape(-1, channels)
    found = pixels.index_select(0, places.flatten())
    return found.reshape(count, height, width, channels).permute(0, 3, 1, 2)


def on_random_ground(batch: Tensor, rng: torch.Generator) -> Tensor:
    """Premultiplied color and alpha ``[B, 4, H, W]`` with the color laid on a ground of its own.

    Every ground must look right, so color under no alpha cannot hide and edges come out clean.
    """
    ground = torch.rand((len(batch), 3, 1, 1), generator=rng, device=batch.device)
    color, alpha = batch[:, :3], batch[:, 3:]
    through = (1.0 - alpha) * 0.5  # [B, 1, H, W] in [0, 1]
    return torch.cat([color + 2.0 * through * ground, alpha], dim=1)


def cutout(batch: Tensor, rng: torch.Generator) -> Tensor:
    """Grey out a square at a random place."""
    height, width = batch.shape[-2:]
    hole = round(min(height, width) * _HOLE)
    rows = _stripe(batch, height, hole, rng)[..., None]  # [B, 1, H, 1]
    columns = _stripe(batch, width, hole, rng)[..., None, :]  # [B, 1, 1, W]
    return batch * ~(rows & columns)


def _stripe(batch: Tensor, side: int, width: int, rng: torch.Generator) -> Tensor:
    """A stripe across a side for each picture, ``bool [B, 1, side]``; half of it may be outside."""
    start = _uniform(batch, rng, -width / 2, side - width / 2)[..., 0]
    places = torch.arange(side, device=batch.device)
    return (places >= start) & (places < start + width)


POLICIES: Mapping[str, tuple[Augmentation, ...]] = {
    "none": (),
    "light": (brightness, saturation, translation),
    "full": (brightness, saturation, contrast, translation, cutout),
}


class AdaptiveStrength(nn.Module):
    """How large a share of the pictures is varied: as much as keeps overfitting at bay.

    Karras et al. 2020 (ADA), section 3: the sign of the scores of real pictures tells how well the
    discriminator knows them. Here the sign is that of the distance to the middle between real and
    made scores, because relativistic scores have no zero of their own.
    """

    share: Tensor
    confidence: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("share", torch.zeros(()))
        self.register_buffer("confidence", torch.zeros(()))

    @torch.no_grad()
    def follow(self, real: Tensor, fake: Tensor, passes: float) -> None:
        """Adjust to the scores ``[B, 1]`` of a step that showed `passes` of the dataset."""
        middle = (real.mean() + fake.mean()) / 2
        self.confidence.lerp_((real - middle).sign().mean(), _CONFIDENCE_PACE)
        direction = (self.confidence - CONFIDENT).sign()
        change = direction * passes / _PASSES_TO_MOST * MOST_VARIED
        self.share.add_(change).clamp_(0.0, MOST_VARIED)


def augment(batch: Tensor, policy: str, rng: torch.Generator, share: float | Tensor) -> Tensor:
    """``batch [B, C, H, W]``, a random `share` of it changed by everything in the policy.

    Each picture gets its own random amounts. Color changes leave an alpha channel alone.
    """
    if not POLICIES[policy]:
        return batch
    chosen = _uniform(batch, rng, 0.0, 1.0) < share
    if batch.device.type != "cpu":  # asking it which ones would make everything wait
        return torch.where(chosen, _changed(batch, policy, rng), batch)
    rows = chosen.flatten().nonzero().flatten()
    if not len(rows):
        return batch
    return batch.index_copy(0, rows, _changed(batch[rows], policy, rng).to(batch.dtype))


def _changed(batch: Tensor, policy: str, rng: torch.Generator) -> Tensor:
    color, rest = batch[:, :3], batch[:, 3:]
    for change in POLICIES[policy]:
        if change in _SPATIAL and rest.shape[1]:
            joined = change(torch.cat([color, rest], dim=1), rng)
            color, rest = joined[:, :3], joined[:, 3:]
        else:
            color = change(color, rng)
    return torch.cat([color, rest], dim=1) if rest.shape[1] else color


_SPATIAL = (translation, cutout)
