"""A feature network learned within a minute from a person's own pictures, without labels.

Contrastive learning (SimCLR, Chen et al. 2020): two random views of a picture shall look alike to
the network, and unlike those of all other pictures. What survives cropping and recoloring is what
tells pictures apart.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.control import RunControl
from studio.core.image import Pixels8
from studio.engine import blocks
from studio.engine.augment import brightness, contrast, saturation
from studio.engine.batches import Batches
from studio.engine.blocks import ACTIVATION_GAIN, Conv, Linear, activate
from studio.engine.features import FeatureNetwork, recolored

STEPS = 200
_WIDTHS = (24, 48, 96, 128)
_BATCH = 32
_SIDE = 48  # px of the views
_ZOOM = (0.5, 1.0)  # side of a view, of the picture's
_EMBEDDING = 64
_TEMPERATURE = 0.2
_RATE = 0.003


class ResidualFeatures(FeatureNetwork):
    """A stem and a residual block for each further level."""

    channels = _WIDTHS
    strides = tuple(1 << level for level in range(len(_WIDTHS)))
    colors = 3

    def __init__(self, rng: torch.Generator) -> None:
        super().__init__()
        self.from_rgb = Conv(3, _WIDTHS[0], 3, rng, ACTIVATION_GAIN)
        self.down = nn.ModuleList(
            blocks.ResidualDown(width, wider, rng) for width, wider in itertools.pairwise(_WIDTHS)
        )

    def levels(self, batch: Tensor) -> list[Tensor]:
        found = [activate(self.from_rgb(batch))]
        for block in self.down:
            found.append(block(found[-1]))
        return found


def learn_features(
    pixels: Pixels8, seed: int = 0, control: RunControl | None = None, steps: int = STEPS
) -> FeatureNetwork:
    """Learn from ``pixels [N, H, W, C]``; the result depends on them, `seed` and `steps` alone.

    Raises:
        Cancelled: `control` was cancelled.
    """
    control = control or RunControl()
    rng = torch.Generator().manual_seed(seed)
    network = ResidualFeatures(rng)
    head = nn.ModuleList(
        [Linear(_WIDTHS[-1], _WIDTHS[-1], rng), Linear(_WIDTHS[-1], _EMBEDDING, rng)]
    )
    both = nn.ModuleList([network, head]).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(both.parameters(), _RATE, fused=True)
    batches = Batches(
        pixels, torch.arange(len(pixels)), seed, max(1, pixels.shape[1] // _SIDE // 2)
    )
    for _ in range(steps):
        control.check()
        batch = batches.next(min(_BATCH, len(pixels)), torch.device("cpu")).real
        views = torch.cat([view(recolored(batch, 3), rng) for _ in range(2)])
        loss = agreement(_embedded(network, head, views))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return network.eval().requires_grad_(False)


def _embedded(network: FeatureNetwork, head: nn.ModuleList, views: Tensor) -> Tensor:
    """``[B, _EMBEDDING]`` of unit length."""
    hidden, out = head
    pooled = network(views)[-1].mean(dim=(2, 3))
    return functional.normalize(out(activate(hidden(pooled))), dim=1)


def agreement(embedded: Tensor) -> Tensor:
    """The contrastive loss of ``[2 N, E]``, first all first views, then all second ones.

    NT-Xent (Chen et al. 2020, equation 1): the other view of a picture is to be found among all.
    """
    count = len(embedded)
    likeness = embedded @ embedded.T / _TEMPERATURE
    likeness = likeness.masked_fill(torch.eye(count, dtype=torch.bool), float("-inf"))
    return functional.cross_entropy(likeness, torch.arange(count).roll(count // 2))


def view(batch: Tensor, rng: torch.Generator) -> Tensor:
    """Of each picture a random part, maybe mirrored, in other light: ``[B, 3, side, side]``."""
    count = len(batch)
    zoom = torch.rand((count, 2), generator=rng) * (_ZOOM[1] - _ZOOM[0]) + _ZOOM[0]
    shift = (torch.rand((count, 2), generator=rng) * 2.0 - 1.0) * (1.0 - zoom)
    mirror = torch.where(torch.rand(count, generator=rng) < 0.5, -1.0, 1.0)
    scale = zoom * torch.stack([mirror, torch.ones(count)], dim=1)
    affine = torch.cat([torch.diag_embed(scale), shift[..., None]], dim=2)  # [B, 2, 3]
    grid = functional.affine_grid(affine, [count, 3, _SIDE, _SIDE], align_corners=False)
    part = functional.grid_sample(batch, grid, padding_mode="reflection", align_corners=False)
    for change in (brightness, saturation, contrast):
        part = change(part, rng)
    return part
