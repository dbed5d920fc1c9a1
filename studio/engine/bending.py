"""What is done to features on their way to a picture: bends, and regions of another point."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import skimage as ski
import torch
from torch import Tensor
from torch.nn import functional

from studio.core.latent import LatentPoint, Region
from studio.core.steering import Bend
from studio.engine.family import Model


@contextmanager
def bent(model: Model, points: Sequence[LatentPoint], region: Region | None) -> Iterator[None]:
    """While it is open, row i of a batch is bent as ``points[i]`` says.

    With a `region` there are two rows: from its level up, both get the features of the second
    inside its mask and those of the first around it. They differ in their styles only, so the
    picture of the first is one piece (Suzuki et al. 2018, section 4).
    """
    if region is None and not any(point.bends for point in points):
        yield
        return
    with ExitStack() as stack:
        for level, stage in enumerate(model.stages):
            bends = [[b for b in point.bends if b.level == level] for point in points]
            here = region if region is not None and level >= region.level else None
            if here is not None or any(bends):
                change = _hook(bends, here, model.margin)
                hook = stage.register_forward_hook(change)
                stack.callback(hook.remove)
        yield


def _hook(
    bends: Sequence[Sequence[Bend]], region: Region | None, margin: int
) -> Callable[..., Any]:
    def change(_stage: object, _inputs: object, output: Any) -> Any:
        features, *beside = output if isinstance(output, tuple) else (output,)
        if any(bends):
            rows = zip(features.split(1), bends, strict=True)
            features = torch.cat([_bent_row(row, steps) for row, steps in rows])
        if region is not None:
            features, *beside = (_with_region(part, region, margin) for part in (features, *beside))
        return (features, *beside) if isinstance(output, tuple) else features

    return change


def _bent_row(features: Tensor, bends: Sequence[Bend]) -> Tensor:
    for bend in bends:
        chosen = _channels(features.shape[1], bend)
        if not len(chosen):
            continue
        features = features.clone()
        features[:, chosen] = BENDS[bend.kind](features[:, chosen], bend.amount)
    return features


def _channels(count: int, bend: Bend) -> Tensor:
    """Which of the channels are bent, ``int``: those picked, else a share of all."""
    if bend.channels:
        return torch.tensor([channel for channel in bend.channels if 0 <= channel < count])
    order = np.random.RandomState(bend.seed % 2**32).permutation(count)
    return torch.from_numpy(np.sort(order[: round(count * bend.share)]))


def _with_region(rows: Tensor, region: Region, margin: int) -> Tensor:
    """``[2, C, H, W]``, both rows the second inside the region and the first around it."""
    height, width = (side - 2 * margin for side in rows.shape[-2:])
    inside = feathered(region, height, width).to(rows)
    inside = functional.pad(inside[None], (margin,) * 4, mode="replicate")[0]
    return torch.lerp(rows[:1], rows[1:], inside).expand(2, -1, -1, -1)


def feathered(region: Region, height: int, width: int) -> Tensor:
    """A region's mask for features, ``float32 [height, width]`` in [0, 1]."""
    places = region.places.astype(np.float32) / 255
    soft = ski.filters.gaussian(places, region.feather * len(places), mode="nearest")
    mask = torch.from_numpy(np.ascontiguousarray(soft, np.float32))[None, None]
    fitted = functional.interpolate(
        mask, (height, width), mode="bilinear", align_corners=False, antialias=True
    )
    return fitted[0, 0].clamp(0.0, 1.0)


def _moved(x: Tensor, matrix: Sequence[Sequence[float]]) -> Tensor:
    """Features where each place takes what an affine `matrix`, in sides of 2, leads it to.

    What comes from outside continues the edge.
    """
    theta = torch.tensor([matrix], dtype=x.dtype, device=x.device)
    grid = functional.affine_grid(theta, list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, padding_mode="border", align_corners=False)


def _rotate(x: Tensor, degrees: float) -> Tensor:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    aspect = x.shape[-2] / x.shape[-1]
    return _moved(x, [[cos, sin * aspect, 0.0], [-sin / aspect, cos, 0.0]])


def _scale(x: Tensor, factor: float) -> Tensor:
    inverse = 1.0 / max(abs(factor), 1e-3)
    return _moved(x, [[inverse, 0.0, 0.0], [0.0, inverse, 0.0]])


def _dilate(x: Tensor, radius: float) -> Tensor:
    reach = round(radius)
    return functional.max_pool2d(x, 2 * reach + 1, stride=1, padding=reach)


def _threshold(x: Tensor, deviations: float) -> Tensor:
    """What is above the channel's mean by so many standard deviations; the rest is 0."""
    mean = x.mean(dim=(2, 3), keepdim=True)
    spread = (x - mean).square().mean(dim=(2, 3), keepdim=True).sqrt()
    return torch.where(x > mean + deviations * spread, x, torch.zeros_like(x))


BENDS: Mapping[str, Callable[[Tensor, float], Tensor]] = {
    "translate_x": lambda x, share: _moved(x, [[1.0, 0.0, -2.0 * share], [0.0, 1.0, 0.0]]),
    "translate_y": lambda x, share: _moved(x, [[1.0, 0.0, 0.0], [0.0, 1.0, -2.0 * share]]),
    "rotate": _rotate,
    "scale": _scale,
    "flip_x": lambda x, _amount: x.flip(3),
    "flip_y": lambda x, _amount: x.flip(2),
    "erode": lambda x, radius: -_dilate(-x, radius),
    "dilate": _dilate,
    "threshold": _threshold,
    "multiply": lambda x, factor: x * factor,
    "blank": lambda x, _amount: torch.zeros_like(x),
}
"""``[1, C, H, W]`` and an amount to as much, for each of `studio.core.steering.BEND_KINDS`."""
