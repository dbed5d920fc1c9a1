"""From a picture to the latent that reproduces it best, in models that have no encoder.

A first guess from random places and from a linear encoder fitted to them; then Adam, first on one
w for all levels, then on one for each (Abdal et al. 2019 and 2020). What is compared: pixels,
structure at several scales, edges, and what the model's own discriminator sees.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from studio.core.control import RunControl
from studio.core.latent import LatentPoint, LatentSpace
from studio.core.pulse import Pulse
from studio.engine.api import Inverted
from studio.engine.directions import draw
from studio.engine.family import Model, Shape, silence
from studio.engine.features import FeatureNetwork
from studio.engine.latents import has_mapping, noise_of
from studio.engine.nearness import Loss, loss_to, told

_GUESSES = 1_000
_GUESSING = 0.2  # share of the work
_CHUNK = 16
_GLANCE = 16  # px: what the linear encoder sees
_RIDGE = 1e-2
_STEPS_W, _STEPS_PLUS = 150, 250
_RATE = 0.1  # of Adam, in standard deviations of w
_HOME, _TOGETHER = 2e-4, 2e-3  # pull of w to its mean, and of levels to one another
_HOME_UNSEEN = 2e-2  # pull of w where a part is not known: what is there has to come from home


class _Wanted(NamedTuple):
    """A picture ``[1, C, H, W]``, and where it is known."""

    target: Tensor
    known: Tensor | None

    def compared(self, made: Tensor) -> Tensor:
        """Pictures ``[B, C, H, W]`` that differ from the target only where that is known."""
        if self.known is None:
            return made
        return torch.lerp(self.target, made, self.known)

    def glanced(self, small: Tensor) -> Tensor:
        """The same for few pixels, as numbers: ``[B, N]``."""
        if self.known is None:
            return _glance(small)
        known = functional.adaptive_avg_pool2d(self.known, _GLANCE)
        target = functional.adaptive_avg_pool2d(self.target, _GLANCE)
        made = functional.adaptive_avg_pool2d(small, _GLANCE)
        return torch.lerp(target, made, known).flatten(1)


class _Space(NamedTuple):
    """Where w lies, to take steps of one size in all directions: mean and deviation ``[D]``.

    `tail` ``[N, D - latent_dim]`` is what stands behind z where there is no mapping: the prompts.
    """

    w: Tensor
    tail: Tensor
    mean: Tensor
    deviation: Tensor


def invert(
    model: Model,
    shape: Shape,
    target: Tensor,
    features: FeatureNetwork | None,
    control: RunControl,
    known: Tensor | None = None,
) -> Iterator[Inverted]:
    """Search for the latent of ``target [1, C, H, W]``; the last event is the best that was found.

    What is not `known` ``[1, 1, H, W]`` (1 there, 0 elsewhere) may be anything.

    Raises:
        Cancelled: `control` was cancelled.
    """
    device = target.device
    space = _space(model, shape, device)
    wanted = _Wanted(target, known)
    loss = loss_to(target, features)
    start, row = yield from _guesses(model, space, wanted, control)
    search = _Search(model, space, row, lambda made: loss(wanted.compared(made)))
    search.home = _HOME if known is None else _HOME_UNSEEN
    pulse, prompt = Pulse(), _prompt(shape, row)
    # One w for each level can make anything of what is not known.
    leveled = model.style_levels > 1 and known is None
    total = _STEPS_W + (_STEPS_PLUS if leveled else 0)
    for step in range(total):
        control.check()
        if step == 0:
            search.begin(start[None])
        elif step == _STEPS_W:
            search.begin(search.best.expand(model.style_levels, -1))
        search.step(_pace(step, total))
        if pulse.due():
            share = _GUESSING + (1.0 - _GUESSING) * step / total
            yield search.reached(share, target, prompt)
    yield search.reached(1.0, target, prompt)


class _Search:
    """Adam on offsets from a start, in standard deviations of w; keeps the best of all steps."""

    def __init__(self, model: Model, space: _Space, row: int, loss: Loss) -> None:
        self._model = model
        self._space = space
        self._tail = space.tail[row]
        self._loss = loss
        self.best = torch.empty(0)
        self._least = float("inf")
        self.home = _HOME

    def begin(self, start: Tensor) -> None:
        """Go on from ``w [1 or style_levels, latent_dim]``."""
        self._start = start.detach().clone()
        self._offset = torch.zeros_like(self._start).requires_grad_()
        self._adam = torch.optim.Adam([self._offset], betas=(0.9, 0.99))
        self.best, self._least = self._start, float("inf")

    def step(self, pace: float) -> None:
        for group in self._adam.param_groups:
            group["lr"] = _RATE * pace
        with torch.enable_grad():
            w = self._start + self._offset * self._space.deviation
            cost = self._loss(self.picture(w))
            away = (w - self._space.mean) / self._space.deviation
            total = cost + self.home * away.square().mean() + _TOGETHER * _apart(away)
            (self._offset.grad,) = torch.autograd.grad(total, self._offset)
        if float(cost.detach()) < self._least:
            self._least, self.best = float(cost.detach()), w.detach()
        self._adam.step()

    def picture(self, w: Tensor) -> Tensor:
        """``w [1 or style_levels, latent_dim]`` to ``[1, C, H, W]``."""
        whole = torch.cat([w, self._tail.expand(len(w), -1)], dim=1)
        levels = self._model.style_levels
        styles = whole if levels == 1 else whole.expand(levels, -1)[None]
        noise = noise_of([LatentPoint.of_seed(0)], w.device)  # anew: always the same
        return self._model.synthesize(styles, noise)

    def reached(self, share: float, target: Tensor, prompt: str) -> Inverted:
        with torch.no_grad():
            made = self.picture(self.best)
        space: LatentSpace = "w" if has_mapping(self._model) else "z"
        space = "w+" if len(self.best) > 1 else space
        point = LatentPoint.of_vector(self.best.flatten().tolist(), space, prompt=prompt)
        return told(share, point, made, target)


def _apart(away: Tensor) -> Tensor:
    """How far the levels are from one another."""
    return (away - away.mean(dim=0)).square().mean()


def _pace(step: int, total: int) -> float:
    """Up within some steps, and down to nothing at the end of each part."""
    begin, end = (0, _STEPS_W) if step < _STEPS_W else (_STEPS_W, total)
    share = (step - begin) / (end - begin)
    return min(1.0, share * 10 + 0.1) * math.sqrt(1.0 - share)


def _space(model: Model, shape: Shape, device: torch.device) -> _Space:
    w = draw(model, shape, device, _GUESSES).w.clone()
    own = w[:, : model.latent_dim]
    return _Space(own, w[:, model.latent_dim :], own.mean(dim=0), own.std(dim=0) + 1e-6)


def _prompt(shape: Shape, row: int) -> str:
    """What the guess of that number was asked for; `draw` takes classes in turns."""
    return shape.classes[row % len(shape.classes)] if shape.classes else ""


def _guesses(
    model: Model, space: _Space, picture: _Wanted, control: RunControl
) -> Generator[Inverted, None, tuple[Tensor, int]]:
    """Tells how far it is; returns the best w ``[latent_dim]`` and the number of its prompt."""
    glances: list[Tensor] = []
    for start in range(0, _GUESSES, _CHUNK):
        control.check()
        rows = slice(start, start + _CHUNK)
        glances.append(picture.glanced(_drawn(model, space.w[rows], space.tail[rows])))
        yield Inverted(_GUESSING * start / _GUESSES)
    seen, wanted = torch.cat(glances), _glance(picture.target)
    nearest = int((seen - wanted).square().sum(dim=1).argmin())
    predicted = _linear_encoder(seen, space.w, wanted)
    tried = torch.stack([space.w[nearest], predicted])
    made = picture.glanced(_drawn(model, tried, space.tail[[nearest, nearest]]))
    better = int((made - wanted).square().sum(dim=1).argmin())
    return tried[better], nearest


@torch.no_grad()
def _drawn(model: Model, w: Tensor, tail: Tensor) -> Tensor:
    return model.synthesize(torch.cat([w, tail], dim=1), silence(w), _GLANCE)


def _glance(batch: Tensor) -> Tensor:
    """Pictures as so few pixels that a linear map can learn from some hundred, ``[B, N]``."""
    return functional.adaptive_avg_pool2d(batch, _GLANCE).flatten(1)


def _linear_encoder(seen: Tensor, w: Tensor, wanted: Tensor) -> Tensor:
    """The w that ridge regression from pictures to their w expects of one, ``[latent_dim]``."""
    pictures, places, picture = (t.cpu().double() for t in (seen, w, wanted))  # no double on MPS
    x, y = pictures - pictures.mean(dim=0), places - places.mean(dim=0)
    gram = x @ x.T / x.shape[1]  # as many rows as guesses: the dual form
    gram += torch.eye(len(gram), dtype=gram.dtype) * _RIDGE
    inner = (picture - pictures.mean(dim=0)) @ x.T / x.shape[1]
    expected: Tensor = places.mean(dim=0) + (inner @ torch.linalg.solve(gram, y))[0]
    return expected.to(w)
