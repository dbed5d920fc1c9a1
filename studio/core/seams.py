"""Seams: where overlapping pictures are best cut, and whether a picture repeats without one."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image

Costs: TypeAlias = NDArray[np.float32]


def beyond_cut(costs: Costs) -> NDArray[np.bool_]:
    """Right of the cheapest path from the top to the bottom of ``costs [H, W]``, itself included.

    Efros & Freeman 2001, "Image quilting", section 2.1.
    """
    length, width = costs.shape
    beside = np.pad(costs, ((0, 0), (1, 1)), constant_values=np.inf)
    total, least = beside[:, 1:-1], np.empty(width, costs.dtype)
    for y in range(1, length):
        above = beside[y - 1]
        np.minimum(above[:-2], above[1:-1], out=least)
        np.minimum(least, above[2:], out=least)
        total[y] += least
    path = np.empty(length, np.intp)
    path[-1] = int(total[-1].argmin())
    for y in range(length - 2, -1, -1):
        first = max(path[y + 1] - 1, 0)
        path[y] = first + int(total[y, first : path[y + 1] + 2].argmin())
    beyond: NDArray[np.bool_] = np.arange(width) >= path[:, None]
    return beyond


def seam_score(image: Image) -> float:
    """How much more a picture changes over its edges, repeated, than inside: 1 is seamless.

    The mean step over the worse pair of edges, over the mean step between neighbors inside.
    """
    return max(_step_over(image), _step_over(image.swapaxes(0, 1)))


def _step_over(image: Image) -> float:
    """The step from the last row to the first against that between rows."""
    if len(image) < 3:
        return 1.0
    inside = float(np.abs(np.diff(image, axis=0)).mean())
    over = float(np.abs(image[0] - image[-1]).mean())
    return over / max(inside, 1.0 / 255)
