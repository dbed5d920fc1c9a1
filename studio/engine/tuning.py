"""A light tuning of a model to one picture: its latent stays, the weights give way.

Pivotal tuning (Roich et al. 2022): what search could not reach from any latent is learned around
the nearest one, while pictures on the way from there to others stay as they are (section 3.3).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.core.pulse import Pulse
from studio.engine.api import Inverted
from studio.engine.checkpoint import load_helpers, load_model, read_header, save_model, shape_of
from studio.engine.directions import draw
from studio.engine.family import Model, Shape
from studio.engine.features import FeatureNetwork, features_of_model
from studio.engine.latents import Place, noise_of
from studio.engine.nearness import loss_to, told
from studio.engine.pictures import to_batch

_STEPS = 120
_RATE = 1e-3  # of Adam, in the size (root of the mean square) of each weight
_LEAST_SIZE = 0.02  # of weights that are about to leave zero, such as biases
_NEIGHBORS = 16
_REACH = 0.5  # how far neighbors are on the way from the picture's w to random ones
_KEEP = 0.3  # how much it counts that neighbors stay, beside the picture itself


def tune_model(
    path: Path, image: Image, point: LatentPoint, out: Path, control: RunControl
) -> Iterator[Inverted]:
    """Write to `out` the model of `path`, tuned until `point` gives `image` (any size).

    Its helpers and its header come along; `tuned_from` in the header says which moment it was.

    Raises:
        Cancelled: `control` was cancelled; nothing is written.
        StudioError: not a model file, the point is not of that model, or the disk refused.
    """
    model, card = load_model(path)
    shape = shape_of(card)
    yield from tune(model, shape, point, to_batch(image, shape), features_of_model(path), control)
    ancestor = {"sha256": card.sha256, "step": card.step}
    save_model(out, model, load_helpers(path), {**read_header(path), "tuned_from": ancestor})


def tune(
    model: Model,
    shape: Shape,
    point: LatentPoint,
    target: Tensor,
    features: FeatureNetwork | None,
    control: RunControl,
) -> Iterator[Inverted]:
    """Change the weights of `model` until `point` gives ``target [1, C, H, W]``, on its device.

    Raises:
        Cancelled: `control` was cancelled; the weights are somewhere on the way.
        StudioError: the point is not of that model.
    """
    loss = loss_to(target, features)
    pivot = _styles(model, shape, point, target.device)
    near, kept = _neighbors(model, shape, point, pivot)
    adam = torch.optim.Adam(list(_groups(model)), betas=(0.9, 0.99))
    pulse = Pulse()
    for step in range(_STEPS):
        control.check()
        for group in adam.param_groups:
            group["lr"] = group["whole"] * math.sqrt(1.0 - step / _STEPS)
        place = step % _NEIGHBORS
        with torch.enable_grad():
            made = _drawn(model, torch.cat([pivot, near[place : place + 1]]), point)
            away = (made[1:] - kept[place : place + 1]).abs().mean()
            total = loss(made[:1]) + _KEEP * away
            adam.zero_grad()
            total.backward()  # type: ignore[no-untyped-call]
        adam.step()
        if pulse.due():
            yield told(step / _STEPS, point, made[:1].detach(), target)
    model.requires_grad_(False)
    with torch.no_grad():
        yield told(1.0, point, _drawn(model, pivot, point), target)


def _groups(model: Model) -> Iterator[dict[str, Any]]:
    """Each weight with a rate of its own: families keep theirs at different sizes."""
    for weight in model.parameters():
        size = float(weight.detach().square().mean().sqrt())
        yield {"params": [weight.requires_grad_()], "whole": _RATE * max(size, _LEAST_SIZE)}


@torch.no_grad()
def _styles(model: Model, shape: Shape, point: LatentPoint, device: torch.device) -> Tensor:
    """What a point gives to the levels, ``[1, style_levels, D]``."""
    return Place(model, shape, point, device).styles()[None].clone()


@torch.no_grad()
def _neighbors(
    model: Model, shape: Shape, point: LatentPoint, pivot: Tensor
) -> tuple[Tensor, Tensor]:
    """Places around, ``[N, style_levels, D]``, and their pictures as they are now."""
    strangers = draw(model, shape, pivot.device, _NEIGHBORS).w.clone()
    near = torch.lerp(pivot, strangers[:, None].to(pivot), _REACH)
    pictures = [_drawn(model, place[None], point) for place in near]
    return near, torch.cat(pictures)


def _drawn(model: Model, styles: Tensor, point: LatentPoint) -> Tensor:
    """``styles [B, style_levels, D]`` to ``[B, C, H, W]``, with the noise of a point."""
    noise = noise_of([point] * len(styles), styles.device)
    return model.synthesize(styles if model.style_levels > 1 else styles[:, 0], noise)
