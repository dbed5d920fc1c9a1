"""Pictures at twice or four times the size, by a small network that learns on the spot.

What it learns from are the picture itself and a person's other pictures, made smaller: how their
own details come about, as Shocher et al. 2018, "Zero-shot super-resolution using deep internal
learning". Of what it adds to plain interpolation as much is given as comes nearest to a part of the
picture (of the others, if it is small) that it has not seen: nothing, where it helps nothing.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.core.control import RunControl
from studio.core.image import Image, to_rgba
from studio.engine import machine
from studio.engine.api.art import Painted, UpscaleSettings
from studio.errors import StudioError

_WIDTH, _LAYERS = 32, 4
_LOBES = 3  # of the sine, on each side
_REACH = _LAYERS + 2  # px that a px of the result depends on, on each side
_CROP = 48  # px of what is to be reached, in training
_BATCH = 16
_RATE = 2e-3
_HELD_OUT = 0.25  # of the picture's longer side: by which network and interpolation are compared
_POOL, _JUDGES = 600, 60  # crops to learn from, and to compare by
_BAND = 128  # rows that are enlarged at a time
_LEARNING = 0.8  # share of the work
_LARGEST = 8192  # px of the longest side of a result


class Doubler(nn.Module):
    """``[B, 3, H, W]`` in [0, 1] to twice the size: interpolation, and a `share` of what it lacks.

    Shi et al. 2016, "Real-time single image and video super-resolution using an efficient
    sub-pixel convolutional neural network".
    """

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        widths = [3, *[_WIDTH] * _LAYERS]
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU()]
        last = nn.Conv2d(_WIDTH, 12, 3, padding=1)
        self.share = 1.0
        self._body = nn.Sequential(*layers, last, nn.PixelShuffle(2))
        for layer in self._body:
            if isinstance(layer, nn.Conv2d):
                scale = 1e-3 if layer is last else 1.0
                deviation = scale * math.sqrt(2.0 / (9 * layer.in_channels))
                nn.init.normal_(layer.weight, 0.0, deviation, generator=generator)
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, batch: Tensor) -> Tensor:
        return interpolated(batch) + self.share * self.missing(batch)

    def missing(self, batch: Tensor) -> Tensor:
        """What it has learned that interpolation lacks."""
        found: Tensor = self._body(batch)
        return found


def interpolated(batch: Tensor) -> Tensor:
    """Twice the size by Lanczos' windowed sine; the edge is continued."""
    weights = _lanczos().to(batch)
    for axis in (2, 3):
        lines = batch.movedim(axis, 3)
        padded = functional.pad(lines.flatten(0, 2)[:, None], (_LOBES, _LOBES), mode="replicate")
        pairs = functional.conv1d(padded, weights).transpose(1, 2)  # [N, length, 2]
        batch = pairs.reshape(*lines.shape[:3], -1).movedim(3, axis)
    return batch


@functools.cache
def _lanczos() -> Tensor:
    """What both halves of a px take from those around it ``[2, 1, 7]``."""
    away = torch.arange(-_LOBES, _LOBES + 1) - torch.tensor([[-0.25], [0.25]])
    weights = torch.sinc(away) * torch.sinc(away / _LOBES) * (away.abs() < _LOBES)
    return (weights / weights.sum(dim=1, keepdim=True))[:, None]


def upscale(
    image: Image, examples: Sequence[Image], settings: UpscaleSettings, control: RunControl
) -> Iterator[Painted]:
    """See `studio.engine.api.Engine.upscale`."""
    machine.claim_side_threads()
    factor = int(settings.factor)
    if factor * max(image.shape[:2]) > _LARGEST:
        raise StudioError(
            "The picture would be too large.", f"At most {_LARGEST} px of a side can be made."
        )
    generator = torch.Generator().manual_seed(0)
    planes = _premultiplied(image)
    network: Doubler | None = None
    if settings.method == "learned":
        known, unseen = zip(*map(_divided, [planes, *map(_premultiplied, examples)]), strict=True)
        crops = _crops(known, _POOL, generator)
        if len(crops) >= _BATCH:
            network = Doubler(generator).to(memory_format=torch.channels_last)
            for step in _learned(network, crops, settings.steps, generator, control):
                yield Painted(image, _LEARNING * step / settings.steps)
            judges = _crops(unseen[:1], _JUDGES, generator)
            if not len(judges):
                judges = _crops(unseen, _JUDGES, generator)
            network.share = _share_of(network, judges)
    for _ in range(int(math.log2(factor))):
        planes = _doubled(planes, network, control)
    yield Painted(_straight(planes, image.shape[2]), 1.0)


def _learned(
    network: Doubler,
    crops: Tensor,
    steps: int,
    generator: torch.Generator,
    control: RunControl,
) -> Iterator[int]:
    """Train in place; tells of every twentieth step.

    Raises:
        Cancelled: `control` asked for it.
    """
    optimizer = torch.optim.Adam(network.parameters(), _RATE)
    rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(steps):
        control.check()
        sharp = _turned(crops[torch.randint(len(crops), (_BATCH,), generator=generator)], step)
        loss = functional.l1_loss(network(_reduced(sharp)), sharp)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        rate.step()
        if step % 20 == 0:
            yield step


@torch.no_grad()
def _share_of(network: Doubler, unseen: Tensor) -> float:
    """How much of what it adds comes nearest to crops that it has not seen, from 0 to 1."""
    if not len(unseen):
        return 1.0
    small = _reduced(unseen)
    missing, lacking = network.missing(small), unseen - interpolated(small)
    share = (missing * lacking).sum() / (missing**2).sum().clamp_min(1e-12)
    return float(share.clamp(0.0, 1.0))


def _divided(planes: Tensor) -> tuple[Tensor, Tensor]:
    """What is learned from, and what is held out: nothing of a small picture."""
    axis = 1 if planes.shape[1] > planes.shape[2] else 2
    held_out = max(_CROP, round(_HELD_OUT * planes.shape[axis]))
    kept = planes.shape[axis] - held_out
    if kept < _CROP:
        kept, held_out = planes.shape[axis], 0
    return planes.narrow(axis, 0, kept), planes.narrow(axis, kept, held_out)


@torch.no_grad()
def _doubled(planes: Tensor, network: Doubler | None, control: RunControl) -> Tensor:
    """``[4, H, W]`` at twice the size, band by band."""
    _, height, width = planes.shape
    padded = functional.pad(planes[None], (_REACH,) * 4, mode="replicate")
    result = torch.empty(4, 2 * height, 2 * width)
    for top in range(0, height, _BAND):
        control.check()
        rows = min(_BAND, height - top)
        band = padded[:, :, top : top + rows + 2 * _REACH]
        large = interpolated(band)
        if network is not None:
            large[:, :3] = network(band[:, :3])
        inner = slice(2 * _REACH, 2 * _REACH + 2 * width)
        rows_at = slice(2 * _REACH, 2 * _REACH + 2 * rows)
        result[:, 2 * top : 2 * (top + rows)] = large[0, :, rows_at, inner]
    return result.clamp_(0.0, 1.0)


def _crops(pictures: Sequence[Tensor], count: int, generator: torch.Generator) -> Tensor:
    """Opaque squares ``[N, 3, 48, 48]`` from all over the pictures, more from larger ones."""
    usable = [p for p in pictures if min(p.shape[1:]) >= _CROP]
    if not usable:
        return torch.empty(0, 3, _CROP, _CROP)
    rooms = [math.sqrt((p.shape[1] - _CROP + 1) * (p.shape[2] - _CROP + 1)) for p in usable]
    chosen = torch.multinomial(torch.tensor(rooms), count, replacement=True, generator=generator)
    found: list[Tensor] = []
    for number in chosen.tolist():
        picture = usable[number]
        top, left = (
            int(torch.randint(side - _CROP + 1, (1,), generator=generator))
            for side in picture.shape[1:]
        )
        crop = picture[:, top : top + _CROP, left : left + _CROP]
        if float(crop[3].min()) > 0.99:
            found.append(crop[:3])
    return torch.stack(found) if found else torch.empty(0, 3, _CROP, _CROP)


def _turned(batch: Tensor, step: int) -> Tensor:
    """Mirrored and turned, another way at each step: details have no preferred side."""
    mirrored = batch.flip(3) if step % 2 else batch
    return torch.rot90(mirrored, step // 2 % 4, (2, 3))


def _reduced(batch: Tensor) -> Tensor:
    size = (batch.shape[2] // 2, batch.shape[3] // 2)
    return functional.interpolate(batch, size, mode="bicubic", antialias=True).clamp(0.0, 1.0)


def _premultiplied(image: Image) -> Tensor:
    """``[4, H, W]``, color times alpha."""
    rgba = to_rgba(image)
    planes = np.concatenate([rgba[..., :3] * rgba[..., 3:], rgba[..., 3:]], axis=2)
    return torch.from_numpy(np.ascontiguousarray(planes.transpose(2, 0, 1)))


def _straight(planes: Tensor, channels: int) -> Image:
    """The inverse, with as many channels as there were."""
    array: Image = planes.permute(1, 2, 0).contiguous().numpy()
    if channels == 1:
        gray: Image = array[..., :3].mean(axis=2, keepdims=True)
        return gray
    if channels == 3:
        return array[..., :3]
    color = np.divide(array[..., :3], np.maximum(array[..., 3:], 1 / 255))
    return np.concatenate([np.clip(color, 0.0, 1.0), array[..., 3:]], axis=2)
