"""Do some pictures show all that others show, and do they differ from one another as much?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from studio.engine.health.pixels import (
    THUMBNAIL,
    VIEW,
    Floats,
    Pictures,
    distances,
    flat,
    reduced,
    shrunk,
    some_of,
)
from studio.engine.health.similarity import similarity

_NEIGHBORS = 5
_PAIRS = 200


class Cover(NamedTuple):
    """Coverage: share of real pictures that have a made one in their neighborhood.

    Density: how many real neighborhoods a made picture lies in, over what is to be expected; about
    1 where the made ones are as the real ones.
    """

    coverage: float
    density: float


class Diversity(NamedTuple):
    """Diversity of pictures: `alikeness` and `closeness` as below, and what they cover."""

    cover: Cover
    alikeness: float
    closeness: float


class DiversityMeter:
    """Diversity beside that of real pictures, `floor`.

    Half of the real pictures are covered by the other half for the floor, and by as many samples.
    """

    def __init__(
        self,
        training: Pictures,
        held_out: Pictures,
        count: int,
        rng: np.random.Generator,
        *,
        mirrored: bool = False,
    ) -> None:
        known = reduced(some_of(training, count, rng, mirrored=mirrored), VIEW)
        mixed = rng.permutation(np.concatenate([known, reduced(held_out, VIEW)]))
        half = min(count, len(mixed) // 2)
        self._real = shrunk(mixed[:half], THUMBNAIL)
        covered = cover(shrunk(mixed[-half:], THUMBNAIL), self._real)
        self.floor = self.of(known)._replace(cover=covered)

    def of(self, views: Floats) -> Diversity:
        thumbnails = shrunk(views, THUMBNAIL)
        return Diversity(
            cover(thumbnails[: len(self._real)], self._real),
            alikeness(views),
            closeness(thumbnails),
        )


def cover(made: Floats, real: Floats, k: int = _NEIGHBORS) -> Cover:
    """Naeem et al. 2020, equations 3 and 4, of thumbnails ``[N, ...]``.

    The neighborhood of a real picture is the ball up to its `k`-th real neighbor.
    """
    a, b = flat(made), flat(real)
    k = min(k, len(b) - 1)
    radius = np.sort(distances(b, b), axis=1)[:, k]
    inside = distances(b, a) < radius[:, None]  # [real, made]
    return Cover(float(inside.any(axis=1).mean()), float(inside.sum(axis=0).mean() / max(k, 1)))


def alikeness(pictures: Floats, seed: int = 0) -> float:
    """Mean MS-SSIM of random pairs: 1 where all pictures are the same (Odena et al. 2017)."""
    if len(pictures) < 2:
        return 1.0
    rng = np.random.default_rng(seed)
    first = rng.integers(len(pictures), size=_PAIRS)
    second = (first + rng.integers(1, len(pictures), size=_PAIRS)) % len(pictures)
    return float(similarity(pictures[first], pictures[second], scales=5).mean())


def closeness(pictures: Floats) -> float:
    """Median distance of a picture to the nearest other one, of thumbnails: 0 where they repeat.

    The birthday test of Arora & Zhang 2018: few different pictures meet themselves soon.
    """
    rows = flat(pictures)
    if len(rows) < 2:
        return 0.0
    between = distances(rows, rows)
    np.fill_diagonal(between, np.inf)
    return float(np.median(between.min(axis=1)))
