"""Differentiable augmentation for small data sets (Zhao et al. 2020).

Real and made pictures pass through the same random changes before the discriminator sees them, so
it cannot learn the few real ones by heart and the generator is not taught the changes themselves.
Flips, turns and color inversion are left out: those are what leaks into the pictures in practice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional

Augmentation = Callable[[Tensor, torch.Generator], Tensor]

_SHIFT = 1 / 8  # largest translation, of the side
_HOLE = 1 / 2  # side of the hole, of the side


def _uniform(batch: Tensor, rng: torch.Generator, low: float, high: float) -> Tensor:
    """One number a picture, ``[B, 1, 1, 1]``."""
    values = torch.rand((len(batch), 1, 1, 1), generator=rng, device=batch.device)
    return values * (high - low) + low


def brightness(batch: Tensor, rng: torch.Generator) -> Tensor:
    return batch + _uniform(batch, rng, -0.5, 0.5)


def saturation(batch: Tensor, rng: torch.Generator) -> Tensor:
    grey = batch.mean(dim=1, keepdim=True)
    return grey + (batch - grey) * _uniform(batch, rng, 0.0, 2.0)


def contrast(batch: Tensor, rng: torch.Generator) -> Tensor:
    mean = batch.mean(dim=(1, 2, 3), keepdim=True)
    return mean + (batch - mean) * _uniform(batch, rng, 0.5, 1.5)


def translation(batch: Tensor, rng: torch.Generator) -> Tensor:
    """Shift each picture by whole pixels; grey comes in from outside."""
    side = batch.shape[-1]
    reach = max(1, round(side * _SHIFT))
    shifts = torch.randint(2 * reach + 1, (len(batch), 2), generator=rng, device=batch.device)
    padded = functional.pad(batch, (reach,) * 4)
    pictures = [
        picture[:, top : top + side, left : left + side]
        for picture, (top, left) in zip(padded.unbind(), shifts.tolist(), strict=True)
    ]
    return torch.stack(pictures).contiguous(memory_format=torch.channels_last)


def cutout(batch: Tensor, rng: torch.Generator) -> Tensor:
    """Grey out a square at a random place."""
    side = batch.shape[-1]
    hole = round(side * _HOLE)
    places = torch.arange(side, device=batch.device)
    corners = (
        _uniform(batch, rng, -hole / 2, side - hole / 2),
        _uniform(batch, rng, -hole / 2, side - hole / 2),
    )
    rows = (places[:, None] >= corners[0]) & (places[:, None] < corners[0] + hole)  # [B, 1, H, 1]
    columns = (places >= corners[1]) & (places < corners[1] + hole)  # [B, 1, 1, W]
    return batch * ~(rows & columns)


POLICIES: Mapping[str, tuple[Augmentation, ...]] = {
    "none": (),
    "light": (brightness, saturation, translation),
    "full": (brightness, saturation, contrast, translation, cutout),
}


def augment(batch: Tensor, policy: str, rng: torch.Generator, share: float = 1.0) -> Tensor:
    """``batch [B, C, H, W]``, a random `share` of it changed by everything in the policy.

    Each picture gets its own random amounts. Color changes leave an alpha channel alone.
    """
    if not POLICIES[policy] or not share:
        return batch
    chosen = _uniform(batch, rng, 0.0, 1.0) < share
    return torch.where(chosen, _changed(batch, policy, rng), batch)


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
