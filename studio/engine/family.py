"""What a model family is: one file in `studio.engine.families` adds one.

A family describes its networks, how they are trained and how they make pictures; the trainer, the
checkpoints, the generator, the command line and the contract tests are the same for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

import torch
from torch import Tensor, nn

from studio.core.registry import Registry
from studio.engine.api import FamilyCard

Noise = Callable[[int, int], Tensor]
"""``noise(batch, side)`` gives ``float32 [batch, 1, side, side]``, standard normal."""


class Shape(NamedTuple):
    """The pictures that a model makes: square, `size` px a side, `channels` deep."""

    size: int
    channels: int


class TrainConfig(Protocol):
    """What the trainer itself reads of every family's ``Config``, a frozen dataclass of params."""

    @property
    def batch(self) -> int: ...

    @classmethod
    def tiny(cls) -> TrainConfig: ...


class Model(nn.Module, ABC):
    """The part of a family's networks that is averaged, saved and explored.

    z is standard normal by definition. A model whose `has_mapping` is false has w = z.
    """

    latent_dim: int

    def mapping(self, z: Tensor) -> Tensor:
        """``z [B, latent_dim]`` to ``w [B, latent_dim]``."""
        return z

    def center(self) -> Tensor:
        """The w, ``[latent_dim]``, towards which truncation pulls."""
        return torch.zeros(self.latent_dim)

    @abstractmethod
    def synthesize(self, w: Tensor, noise: Noise, size: int | None = None) -> Tensor:
        """``w [B, latent_dim]`` to ``batch [B, C, H, W]`` around [-1, 1].

        With `size`, a cheaper and smaller picture where the model has one, no smaller than that.
        """

    def encode(self, batch: Tensor) -> Tensor:
        """``batch [B, C, H, W]`` to the ``z [B, latent_dim]`` that reproduces it best."""
        raise NotImplementedError


@dataclass(frozen=True)
class Phase:
    """One of the optimizations that make a step: Adam over the networks named in `parts`."""

    id: str
    parts: tuple[str, ...]
    rate: float
    betas: tuple[float, float]


@dataclass(frozen=True)
class Losses:
    """`total` is what the phase minimizes; `parts` are the values that a person sees as curves."""

    total: Tensor
    parts: Mapping[str, Tensor]


@dataclass(frozen=True)
class StepContext:
    """One micro batch of one step.

    `real` is ``[B, C, H, W]`` in [-1, 1]; `step`, `images` and `passes` over the dataset count what
    was done before; `rng`, on the device of `real`, is the only source of randomness.
    """

    real: Tensor
    step: int
    images: int
    passes: float
    rng: torch.Generator

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self.rng, device=self.real.device)

    def noise(self, batch: int, side: int) -> Tensor:
        return self.normal(batch, 1, side, side)


C = TypeVar("C", bound=TrainConfig)


class ModelFamily(ABC, Generic[C]):
    """A kind of model. Holds no state: networks and configuration are passed in.

    The networks of a run are ``{"model": build(...), **helpers(...)}``; only the model is shipped.
    """

    card: ClassVar[FamilyCard]
    config_type: type[C]

    @property
    def id(self) -> str:
        return self.card.id

    @abstractmethod
    def build(self, config: C, shape: Shape, rng: torch.Generator) -> Model:
        """The model with fresh weights, drawn from `rng` alone."""

    def helpers(self, config: C, shape: Shape, rng: torch.Generator) -> Mapping[str, nn.Module]:
        """Networks that only training needs, by name; fresh weights, drawn from `rng` alone."""
        return {}

    @abstractmethod
    def phases(self, config: C) -> tuple[Phase, ...]:
        """What makes a step, in order."""

    @abstractmethod
    def loss(self, phase: str, config: C, networks: nn.ModuleDict, context: StepContext) -> Losses:
        """The loss of one phase on one micro batch; runs under the trainer's mixed precision."""


FAMILIES: Registry[ModelFamily[Any]] = Registry(
    "studio.engine.families",
    ModelFamily,  # type: ignore[type-abstract]
    "model family",
)
