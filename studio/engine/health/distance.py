"""How far the textures of some pictures are from those of others, at each scale.

Sliced Wasserstein distance of patches per Laplacian level: Karras et al. 2018, section 5.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from studio.engine.health.pixels import Floats, Indices, Pictures, chunks, flat, some_of

_PATCH = 7  # px
_PATCHES = 128  # a picture
_DIRECTIONS = 512
_COARSEST = 16  # px; the shorter side of the last level is at least this and less than twice it
_STRIP = 64  # directions at a time: bounds the memory
_FLOORS = 3  # sets of training pictures whose floors are averaged: one alone is 5 to 10 % off


# What is compared of a set of pictures: per level, finest first, ``[M, 7 * 7 * C]``.
Patches: TypeAlias = list[Floats]


class DistanceMeter:
    """Distances to the held-out pictures; `floor` is that of as many training pictures."""

    def __init__(
        self,
        training: Pictures,
        held_out: Pictures,
        count: int,
        rng: np.random.Generator,
        *,
        mirrored: bool = False,
    ) -> None:
        self._total = _PATCHES * len(held_out)
        self._held_out = patches_of(held_out, self._total)
        drawn = (some_of(training, count, rng, mirrored=mirrored) for _ in range(_FLOORS))
        floors = [self.levels(some) for some in drawn]
        self.floor: list[float] = np.mean(floors, axis=0).tolist()

    def levels(self, pictures: Pictures) -> list[float]:
        return sliced_wasserstein(patches_of(pictures, self._total), self._held_out)


def distance_levels(a: Pictures, b: Pictures) -> list[float]:
    """`sliced_wasserstein` of two sets of pictures, with 128 patches each of the smaller set."""
    total = _PATCHES * min(len(a), len(b))
    return sliced_wasserstein(patches_of(a, total), patches_of(b, total))


def sliced_wasserstein(a: Patches, b: Patches, seed: int = 1) -> list[float]:
    """The distance x1000 of each level; both sides must have the same number of patches."""
    return [_sliced(x, y, seed) * 1000 for x, y in zip(a, b, strict=True)]


def patches_of(pictures: Pictures, total: int, seed: int = 0) -> Patches:
    """`total` patches a level from random places, spread evenly over the pictures.

    Normalized to mean 0 and deviation 1 per channel, as the paper does.
    """
    rng = np.random.default_rng(seed)
    owners = np.arange(total) * len(pictures) // total
    places = rng.random((total, 2), np.float32)
    parts: list[list[Floats]] = []
    start = 0
    for batch in chunks(pictures):
        first, last = np.searchsorted(owners, [start, start + len(batch)])
        own, spots = owners[first:last] - start, places[first:last]
        parts.append([_cut(level, own, spots) for level in _pyramid(batch)])
        start += len(batch)
    return [_normalized(np.concatenate(level)) for level in zip(*parts, strict=True)]


def _pyramid(batch: Floats) -> list[Floats]:
    """Laplacian levels ``[N, H, W, C]``, each half as large; the last is what remains."""
    bands = []
    while min(batch.shape[1:3]) >= 2 * _COARSEST:
        rows, columns = batch.shape[1] // 2, batch.shape[2] // 2
        even = batch[:, : 2 * rows, : 2 * columns]
        quarters = even.reshape(len(batch), rows, 2, columns, 2, -1)
        half = (quarters[:, :, 0] + quarters[:, :, 1]).sum(axis=3) / 4
        bands.append((quarters - half[:, :, None, :, None]).reshape(even.shape))
        batch = half
    return [*bands, batch]


def _cut(level: Floats, owners: Indices, places: Floats) -> Floats:
    """The patch of picture `owners[i]` at `places[i]` (0 to 1 of what fits): ``[M, 7, 7, C]``."""
    shape = (min(_PATCH, level.shape[1]), min(_PATCH, level.shape[2]))
    windows = sliding_window_view(level, shape, (1, 2))  # [N, H', W', C, 7, 7]
    corners = (places * windows.shape[1:3]).astype(np.intp)
    patches: Floats = windows[owners, corners[:, 0], corners[:, 1]].transpose(0, 2, 3, 1)
    return patches


def _normalized(patches: Floats) -> Floats:
    spread = patches.std(axis=(0, 1, 2))
    even = (patches - patches.mean(axis=(0, 1, 2))) / np.where(spread > 1e-6, spread, 1)
    return flat(even)


def _sliced(a: Floats, b: Floats, seed: int) -> float:
    rng = np.random.default_rng(seed)
    directions = rng.standard_normal((_DIRECTIONS, a.shape[1]), np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    gaps = [
        np.abs(np.sort(strip @ a.T) - np.sort(strip @ b.T)).mean()
        for strip in np.split(directions, _DIRECTIONS // _STRIP)
    ]
    return float(np.mean(gaps))
