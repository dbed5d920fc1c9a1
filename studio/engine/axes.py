"""What the entries along one side of a weight stand for, and how those of one network become
those of another.

A layer that knows that its 12 inputs are 2 x 2 px of three colors can be taken over by one that
reads four colors, or larger patches. All maps keep what the layer computes as far as they can.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

_COLORS = {1: 1, 3: 3, 4: 3}  # channels that are color; the fourth is alpha


class Axis(ABC):
    """One side of a weight; `dims` is how its entries are laid out."""

    @property
    @abstractmethod
    def dims(self) -> tuple[int, ...]: ...

    @abstractmethod
    def maps(self, of: Axis) -> tuple[Tensor, ...] | None:
        """For each dimension a matrix ``[ours, theirs]``; None if they have nothing in common.

        A row of zeros is an entry that the other axis knows nothing of.
        """

    def __len__(self) -> int:
        return math.prod(self.dims)


@dataclass(frozen=True)
class Features(Axis):
    """Learned channels: they have no meaning in a network that has more or fewer of them."""

    count: int

    @property
    def dims(self) -> tuple[int, ...]:
        return (self.count,)

    def maps(self, of: Axis) -> tuple[Tensor, ...] | None:
        return (torch.eye(self.count),) if self == of else None


@dataclass(frozen=True)
class Parts(Axis):
    """Features of several sources one behind the other, of which some may be missing."""

    widths: tuple[int, ...]

    @property
    def dims(self) -> tuple[int, ...]:
        return (sum(self.widths),)

    def maps(self, of: Axis) -> tuple[Tensor, ...] | None:
        if not isinstance(of, Parts) or any(
            ours != theirs for ours, theirs in zip(self.widths, of.widths, strict=False)
        ):
            return None
        return (torch.eye(len(self), len(of)),)


@dataclass(frozen=True)
class Pixels(Axis):
    """`patch` x `patch` px of `colors` channels, in the order of `pixel_unshuffle`."""

    colors: int
    patch: int

    @property
    def dims(self) -> tuple[int, ...]:
        return (self.colors, self.patch, self.patch)

    def maps(self, of: Axis) -> tuple[Tensor, ...] | None:
        if not isinstance(of, Pixels):
            return None
        side = _resizing(of.patch, self.patch, "area")
        return _recoloring(of.colors, self.colors), side, side


@dataclass(frozen=True)
class Places(Axis):
    """All features of all places of a level."""

    features: int
    height: int
    width: int

    @property
    def dims(self) -> tuple[int, ...]:
        return (self.features, self.height, self.width)

    def maps(self, of: Axis) -> tuple[Tensor, ...] | None:
        if not isinstance(of, Places) or of.features != self.features:
            return None
        rows = _resizing(of.height, self.height, "linear")
        columns = _resizing(of.width, self.width, "linear")
        return torch.eye(self.features), rows, columns


Entries: TypeAlias = int | Axis
"""An axis, or the number of its features."""


def axis(entries: Entries) -> Axis:
    return Features(entries) if isinstance(entries, int) else entries


def carried(weight: Tensor, dim: int, maps: tuple[Tensor, ...]) -> Tensor:
    """`weight` with its dimension `dim` replaced by that to which `maps` lead."""
    theirs = [matrix.shape[1] for matrix in maps]
    grid = weight.reshape(*weight.shape[:dim], *theirs, *weight.shape[dim + 1 :])
    for place, matrix in enumerate(maps, dim):
        grid = torch.tensordot(matrix, grid, dims=([1], [place])).movedim(0, place)
    return grid.flatten(dim, dim + len(maps) - 1)


def known(maps: tuple[Tensor, ...]) -> Tensor:
    """Which entries the other axis knows of, ``bool [entries]``."""
    found = torch.ones(1, dtype=torch.bool)
    for matrix in maps:
        found = (found[:, None] & (matrix != 0).any(dim=1)).flatten()
    return found


def _recoloring(of: int, to: int) -> Tensor:
    """``[to, of]``: gray to every color, all colors to gray as their mean, alpha to alpha."""
    matrix = torch.zeros(to, of)
    here, there = _COLORS[to], _COLORS[of]
    matrix[:here, :there] = torch.eye(here) if here == there else 1.0 / there
    if of == to == 4:
        matrix[3, 3] = 1.0
    return matrix


def _resizing(of: int, to: int, mode: Literal["area", "linear"]) -> Tensor:
    """``[to, of]``, rows that sum to 1."""
    matrix: Tensor = functional.interpolate(torch.eye(of)[:, None], size=to, mode=mode)[:, 0].T
    return matrix
