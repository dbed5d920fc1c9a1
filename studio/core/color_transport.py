"""Moving the colors of one picture to those of another: pure functions on arrays of colors."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Colors: TypeAlias = NDArray[np.float32]  # [N, 3], in any color space
ColorMap: TypeAlias = Callable[[Colors], Colors]

_STEPS = 256  # of the quantiles that stand for a distribution
_ROUNDS = 12
_MOST = 30_000  # colors looked at to know a distribution


def transport(colors: Colors, target: Colors) -> ColorMap:
    """What moves colors as little as possible so that `colors` become distributed like `target`.

    Along random axes, each time the same, the quantiles of one are mapped to those of the other,
    over and over: sliced optimal transport (Pitié, Kokaram, Dahyot 2007, "Automated colour grading
    using colour distribution transfer").
    """
    rng = np.random.default_rng(0)
    known, wanted = _sampled(colors), _sampled(target)
    turns: list[_Turn] = []
    for _ in range(_ROUNDS):
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0].astype(np.float32)
        have, goals = _quantiles(known @ axes), _quantiles(wanted @ axes)
        turn = _Turn(axes, tuple(_without_ties(have[:, i], goals[:, i]) for i in range(3)))
        turns.append(turn)
        known = turn(known)

    def moved(others: Colors) -> Colors:
        for turn in turns:
            others = turn(others)
        return others

    return moved


def matched_moments(colors: Colors, target: Colors) -> ColorMap:
    """What gives `colors` the mean and the deviation of `target` in each channel.

    In a space of lightness and two color axes this is Reinhard et al. 2001, "Color transfer
    between images".
    """
    middle, goal = colors.mean(axis=0), target.mean(axis=0)
    stretch = target.std(axis=0) / np.maximum(colors.std(axis=0), 1e-6)

    def moved(others: Colors) -> Colors:
        result: Colors = ((others - middle) * stretch + goal).astype(np.float32)
        return result

    return moved


def _sampled(colors: Colors) -> Colors:
    return colors[:: max(1, len(colors) // _MOST)]


def _quantiles(values: Colors) -> Colors:
    return np.quantile(values, np.linspace(0.0, 1.0, _STEPS), axis=0).astype(np.float32)


def _without_ties(known: Colors, goals: Colors) -> tuple[Colors, Colors]:
    """Each value once: what is equal goes to the middle of its goals."""
    values, which, count = np.unique(known.round(4), return_inverse=True, return_counts=True)
    return values, (np.bincount(which, goals) / count).astype(np.float32)


class _Turn(NamedTuple):
    """One round: along each axis, known values and where they go."""

    axes: Colors
    along: tuple[tuple[Colors, Colors], ...]

    def __call__(self, colors: Colors) -> Colors:
        turned = (colors @ self.axes).astype(np.float32)
        for axis, (known, goal) in enumerate(self.along):
            turned[:, axis] = np.interp(turned[:, axis], known, goal)
        return (turned @ self.axes.T).astype(np.float32)
