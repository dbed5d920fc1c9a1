"""Moving the colors of one picture to those of another: pure functions on arrays of colors."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Colors: TypeAlias = NDArray[np.float32]  # [N, 3], in any color space

_STEPS = 256  # of the quantiles that stand for a distribution
_ROUNDS = 12
_MOST = 200_000  # colors looked at to know a distribution


def transported(colors: Colors, target: Colors, seed: int = 0) -> Colors:
    """`colors`, moved as little as possible so that they are distributed like `target`.

    Along random axes the quantiles of one are mapped to those of the other, over and over: sliced
    optimal transport (Pitié, Kokaram, Dahyot 2007, "Automated colour grading using colour
    distribution transfer").
    """
    rng = np.random.default_rng(seed)
    moved, known, wanted = colors, _sampled(colors), _sampled(target)
    for _ in range(_ROUNDS):
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0].astype(np.float32)
        have, goals = _quantiles(known @ axes), _quantiles(wanted @ axes)
        along = [_without_ties(have[:, i], goals[:, i]) for i in range(3)]
        moved, known = _mapped(moved, axes, along), _mapped(known, axes, along)
    return moved


def matched_moments(colors: Colors, target: Colors) -> Colors:
    """`colors` with the mean and the deviation of `target` in each channel.

    In Lab this is Reinhard et al. 2001, "Color transfer between images".
    """
    deviation = np.maximum(colors.std(axis=0), 1e-6)
    centered = (colors - colors.mean(axis=0)) / deviation
    matched: Colors = (centered * target.std(axis=0) + target.mean(axis=0)).astype(np.float32)
    return matched


def _sampled(colors: Colors) -> Colors:
    return colors[:: max(1, len(colors) // _MOST)]


def _quantiles(values: Colors) -> Colors:
    return np.quantile(values, np.linspace(0.0, 1.0, _STEPS), axis=0).astype(np.float32)


def _without_ties(known: Colors, goals: Colors) -> tuple[Colors, Colors]:
    """Each value once: what is equal goes to the middle of its goals."""
    values, which, count = np.unique(known.round(4), return_inverse=True, return_counts=True)
    return values, (np.bincount(which, goals) / count).astype(np.float32)


def _mapped(colors: Colors, axes: Colors, along: list[tuple[Colors, Colors]]) -> Colors:
    turned = (colors @ axes).astype(np.float32)
    for axis, (known, goal) in enumerate(along):
        turned[:, axis] = np.interp(turned[:, axis], known, goal)
    return (turned @ axes.T).astype(np.float32)
