"""Where the subject of a picture is, and the window that shows it."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.image import Pixels8

Plane: TypeAlias = NDArray[np.floating[Any]]

_NEARLY_BEST = 0.95  # windows with this share of the best one compete by how central they are
_MOST = 0.9  # of what stands out is to be seen in a close window
_CLOSEST, _CLOSER = 0.4, 0.05  # sides of close windows, as shares of the largest: least and step
_MARGIN = 1.2  # around a close window
_LEAST_COST = 1e-3  # in Lab, of a step on even ground


class Window(NamedTuple):
    """A part of a picture: its sides as a share of the largest such part, and where it lies.

    `down` and `across` are shares of the room that it leaves.
    """

    share: float
    down: float
    across: float


def salience(color: Pixels8) -> Plane:
    """How much each pixel of ``uint8 [H, W, 3]`` stands out from what surrounds it, ``[H, W]``.

    Geodesic saliency (Wei et al. 2012, equation 1): how much color changes on the way there from
    the border, by the easiest way. What is usual in the picture counts as no change.
    """
    change = _change(ski.color.rgb2lab(color))
    border = np.ones(change.shape, bool)
    border[1:-1, 1:-1] = False
    ways = ski.graph.MCP(np.maximum(change - np.median(change), 0.0) + _LEAST_COST)
    cost: Plane = ways.find_costs(np.argwhere(border))[0]
    standing_out: Plane = np.maximum(cost - cost.mean(), 0.0)
    return standing_out


def largest_window(standing_out: Plane, ratio: float) -> Window:
    """The largest window of that width to height that holds the most of what stands out.

    Of those that are nearly as good, the one that has it in its middle.
    """
    return _best(standing_out, ratio, 1.0)


def close_window(standing_out: Plane, ratio: float, least: float) -> Window:
    """The smallest window that holds nearly all that stands out, with a margin.

    It is no smaller than `least`, as a share of the largest.
    """
    wanted = _MOST * float(standing_out.sum())
    share = max(_CLOSEST, least)
    while share < 1.0 and _held(standing_out, *_sides(standing_out, ratio, share)).max() < wanted:
        share += _CLOSER
    return _best(standing_out, ratio, min(1.0, share * _MARGIN) if wanted else 1.0)


def _change(lab: Plane) -> Plane:
    """The largest change of color from each pixel to one beside it, ``[H, W]``."""
    change = np.zeros(lab.shape[:2])
    for axis in (0, 1):
        step = np.linalg.norm(np.diff(lab, axis=axis), axis=2)
        here, there = ([slice(None)] * 2 for _ in range(2))
        here[axis], there[axis] = slice(None, -1), slice(1, None)
        for part in (tuple(here), tuple(there)):
            change[part] = np.maximum(change[part], step)
    return change


def _sides(plane: Plane, ratio: float, share: float) -> tuple[int, int]:
    """Height and width of a window, as a share of the largest that fits."""
    height, width = plane.shape
    high, wide = min(height, width / ratio), min(width, height * ratio)
    return max(1, round(high * share)), max(1, round(wide * share))


def _held(plane: Plane, height: int, width: int) -> Plane:
    """What windows hold, by their corner ``[rows, columns]``."""
    total = np.pad(plane.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    rows: Plane = total[height:] - total[:-height]
    held: Plane = rows[:, width:] - rows[:, :-width]
    return held


def _best(plane: Plane, ratio: float, share: float) -> Window:
    height, width = _sides(plane, ratio, share)
    held = _held(plane, height, width)
    corners = np.argwhere(held >= _NEARLY_BEST * held.max())
    off = corners + np.array([height / 2, width / 2]) - np.array(_middle(plane))
    corner = corners[np.argmin(np.hypot(*off.T))]
    down, across = corner / np.maximum(np.array(held.shape) - 1, 1)
    return Window(share, float(down), float(across))


def _middle(plane: Plane) -> tuple[float, float]:
    """Row and column of the center of mass; of a plane of nothing, its own."""
    total = float(plane.sum())
    if not total:
        return plane.shape[0] / 2, plane.shape[1] / 2
    rows, columns = (np.arange(length) + 0.5 for length in plane.shape)
    return float(plane.sum(axis=1) @ rows) / total, float(plane.sum(axis=0) @ columns) / total
