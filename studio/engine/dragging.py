"""Dragging points of a picture to where they shall be (Pan et al. 2023, DragGAN).

Motion supervision moves the features around each handle a little towards its target, by changing
the styles of the levels up to those features; point tracking finds where the handle has gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from studio.core.control import RunControl
from studio.core.latent import MASK_SIDE, LatentPoint, LatentSpace
from studio.core.region_mask import Spot
from studio.engine.api import Dragged, DragTask
from studio.engine.directions import draw
from studio.engine.family import Model, Shape, shown
from studio.engine.latents import Place, has_mapping, noise_of
from studio.engine.pictures import to_images

_STEPS = 200
_RATE = 0.02  # of Adam, in standard deviations of w
_STRIDE = 2.0  # how far features are moved at once, in places
_NEAR, _FAR = 3, 6  # radii in places: of what moves a handle, and of where it is looked for
_STILL = 20.0  # weight of what must not move (the paper's lambda)
_ARRIVED = 1.0  # places
_LEAST_SIDE = 32  # of the features that are followed, where the network has such
_PLACES = 64  # the shorter side that features are brought to


def drag(
    model: Model,
    shape: Shape,
    device: torch.device,
    task: DragTask,
    control: RunControl,
) -> Iterator[Dragged]:
    """Change a point until all handles are at their targets; each step tells how far it is.

    Raises:
        Cancelled: `control` was cancelled.
    """
    search, share = _Drag(model, shape, device, task), 0.0
    for step in range(_STEPS):
        control.check()
        share = max(share, search.progress, step / _STEPS)  # a handle may go astray for a while
        yield search.told(share)
        if search.arrived:
            break
        search.step()
    yield search.told(1.0)


class _Drag:
    """The styles of a point, what is seen of them, and where the handles are."""

    def __init__(self, model: Model, shape: Shape, device: torch.device, task: DragTask) -> None:
        self._model = model
        self._point = task.point
        self._level = _level(model, shape, device)
        with torch.no_grad():
            self._start = Place(model, shape, task.point, device).styles().clone()
        spread = draw(model, shape, device, 1_000).moved.std(axis=0) + 1e-6
        self._deviation = torch.from_numpy(spread).float().to(device)
        own = model.style_levels if model.style_levels == 1 else self._level + 1
        self._offset = torch.zeros(own, model.latent_dim, device=device, requires_grad=True)
        self._adam = torch.optim.Adam([self._offset], lr=_RATE)
        with torch.no_grad():
            features, self._picture = self._seen()
        self._first = features
        self._size = features.shape[-2:]
        self._handles = [self._at(move[0]) for move in task.moves]
        self._targets = [self._at(move[1]) for move in task.moves]
        self._templates = [_sample(features, handle[None])[0] for handle in self._handles]
        self._begun = self._distance()
        self._still = None if task.free is None else 1.0 - _fitted(task.free, self._size).to(device)

    @property
    def arrived(self) -> bool:
        pairs = zip(self._handles, self._targets, strict=True)
        return all(float((t - h).norm()) <= _ARRIVED for h, t in pairs)

    @property
    def progress(self) -> float:
        return max(0.0, 1.0 - self._distance() / max(self._begun, 1e-6))

    def step(self) -> None:
        """One step of motion supervision (equation 1), then of tracking (equation 2)."""
        with torch.enable_grad():
            features, _ = self._seen()
            loss = torch.stack(
                [
                    self._pull(features, handle, target)
                    for handle, target in zip(self._handles, self._targets, strict=True)
                ]
            ).sum()
            if self._still is not None:
                loss = loss + _STILL * ((features - self._first) * self._still).abs().mean()
            (self._offset.grad,) = torch.autograd.grad(loss, self._offset)
        self._adam.step()
        with torch.no_grad():
            features, self._picture = self._seen()
            pairs = zip(self._handles, self._templates, strict=True)
            self._handles = [_tracked(features, handle, like) for handle, like in pairs]

    def told(self, share: float) -> Dragged:
        handles = tuple(self._spot(handle) for handle in self._handles)
        return Dragged(share, self._reached(), to_images(self._picture)[0], handles)

    def _pull(self, features: Tensor, handle: Tensor, target: Tensor) -> Tensor:
        way = target - handle
        length = float(way.norm())
        if length <= _ARRIVED:
            way = way * 0.0
        elif length > _STRIDE:
            way = way / length * _STRIDE
        around = handle + _disc(_NEAR).to(handle)
        return (_sample(features.detach(), around) - _sample(features, around + way)).abs().mean()

    def _styles(self) -> Tensor:
        moved = self._offset * self._deviation
        rest = self._start.shape[1] - moved.shape[1]
        moved = functional.pad(moved, (0, rest, 0, len(self._start) - len(moved)))
        return self._start + moved

    def _seen(self) -> tuple[Tensor, Tensor]:
        """Features ``[1, C, h, w]`` of the level that is followed, and the picture."""
        found: list[Tensor] = []

        def see(_stage: object, _inputs: object, output: Tensor | tuple[Tensor, ...]) -> None:
            found.append(output[0] if isinstance(output, tuple) else output)

        styles = self._styles()
        w = styles[None] if self._model.style_levels > 1 else styles
        with ExitStack() as stack:
            stage = self._model.stages[self._level]
            stack.callback(stage.register_forward_hook(see).remove)
            picture = self._model.synthesize(w, noise_of([self._point], w.device))
        height, width = picture.shape[-2:]
        features = shown(self._model, found[-1]).float()
        places = _PLACES / min(height, width)
        size = (round(height * places), round(width * places))
        return functional.interpolate(features, size, mode="bilinear"), picture

    def _reached(self) -> LatentPoint:
        """The point with its styles written out; bends, region and noise stay."""
        styles = self._styles().detach()[:, : self._model.latent_dim]
        space: LatentSpace = "w" if has_mapping(self._model) else "z"
        space = "w+" if len(styles) > 1 else space
        place = LatentPoint.of_vector(styles.flatten().tolist(), space, prompt=self._point.prompt)
        return replace(
            self._point,
            anchors=place.anchors,
            weights=place.weights,
            truncation=1.0,
            cutoff=None,
            slides=(),
            mixes=(),
        )

    def _distance(self) -> float:
        pairs = zip(self._handles, self._targets, strict=True)
        return sum(float((target - handle).norm()) for handle, target in pairs)

    def _at(self, spot: Spot) -> Tensor:
        """A spot in places: ``[x, y]``, 0 in the middle of the first one."""
        height, width = self._size
        return torch.tensor([spot[0] * width - 0.5, spot[1] * height - 0.5])

    def _spot(self, place: Tensor) -> Spot:
        height, width = self._size
        return (float(place[0]) + 0.5) / width, (float(place[1]) + 0.5) / height


def _level(model: Model, shape: Shape, device: torch.device) -> int:
    """The first level whose features have enough places; else the last one."""
    sides: list[int] = []

    def see(_stage: object, _inputs: object, output: Tensor | tuple[Tensor, ...]) -> None:
        features = output[0] if isinstance(output, tuple) else output
        sides.append(min(shown(model, features).shape[-2:]))

    seed = LatentPoint.of_seed(0)
    with torch.no_grad(), ExitStack() as stack:
        for stage in model.stages:
            stack.callback(stage.register_forward_hook(see).remove)
        styles = Place(model, shape, seed, device).styles()
        w = styles[None] if model.style_levels > 1 else styles
        model.synthesize(w, noise_of([seed], device))
    fit = [level for level, side in enumerate(sides) if side >= _LEAST_SIDE]
    return fit[0] if fit else len(sides) - 1


def _disc(radius: int) -> Tensor:
    """Steps ``[N, 2]`` to all places within a radius."""
    reach = torch.arange(-radius, radius + 1)
    x, y = torch.meshgrid(reach, reach, indexing="xy")
    inside = x**2 + y**2 <= radius**2
    return torch.stack([x[inside], y[inside]], dim=1)


def _sample(features: Tensor, places: Tensor) -> Tensor:
    """Features ``[N, C]`` at places ``[N, 2]``, bilinear; beyond the edge, those of the edge."""
    height, width = features.shape[-2:]
    size = torch.tensor([width, height])
    grid = ((places + 0.5) / size * 2.0 - 1.0).to(features)[None, :, None]
    found = functional.grid_sample(features, grid, padding_mode="border", align_corners=False)
    return found[0, :, :, 0].T


def _tracked(features: Tensor, handle: Tensor, like: Tensor) -> Tensor:
    """The place near the handle whose features are most like those that it began with."""
    around = handle + _disc(_FAR)
    unlike = (_sample(features, around) - like).abs().sum(dim=1)
    return around[int(unlike.argmin())]


def _fitted(mask: bytes, size: Sequence[int]) -> Tensor:
    places = np.frombuffer(mask, np.uint8).reshape(1, 1, MASK_SIDE, MASK_SIDE)
    soft = torch.from_numpy(places.astype(np.float32) / 255)
    return functional.interpolate(soft, tuple(size), mode="bilinear", align_corners=False)
