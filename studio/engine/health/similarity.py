"""Structural similarity of pairs of pictures: Wang et al. 2004 (SSIM) and 2003 (MS-SSIM)."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.engine.health.pixels import Floats

_Planes: TypeAlias = NDArray[np.floating[Any]]  # [N, C, H, W]

_WINDOW, _SIGMA = 11, 1.5  # px
_C1, _C2 = 0.01**2, 0.03**2  # of values in [0, 1]
_WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333], np.float32)  # finest first


def similarity(a: Floats, b: Floats, scales: int = 1) -> Floats:
    """``[N]`` from two ``[N, H, W, C]`` in [0, 1]: 1 where they are the same, mean of channels.

    `scales` is cut to what fits: the window must fit into the last one. Structures that are
    opposite count as not similar at all, so that the product over scales stays real.
    """
    x, y = (np.ascontiguousarray(batch.transpose(0, 3, 1, 2)) for batch in (a, b))
    fitting = max(1, int(np.log2(max(1, min(x.shape[2:]) / _WINDOW))) + 1)
    weights = _WEIGHTS[: min(scales, fitting)]
    result = np.ones(x.shape[:2], np.float32)
    for index, weight in enumerate(weights / weights.sum()):
        if index:
            x, y = _half(x), _half(y)
        light, structure = _compare(x, y)
        last = index == len(weights) - 1
        term = (light * structure if last else structure).mean(axis=(2, 3))
        result *= np.maximum(term, 0) ** weight
    mean: Floats = result.mean(axis=1)
    return mean


def _compare(x: Floats, y: Floats) -> tuple[_Planes, _Planes]:
    """The luminance term and the contrast-structure term at each place (equations 6 and 9)."""
    rows, columns = (_blurring(length) for length in x.shape[2:])
    mean_x, mean_y, xx, yy, xy = (rows @ p @ columns.T for p in (x, y, x * x, y * y, x * y))
    light = (2 * mean_x * mean_y + _C1) / (mean_x * mean_x + mean_y * mean_y + _C1)
    spread = xx - mean_x * mean_x + yy - mean_y * mean_y
    structure = (2 * (xy - mean_x * mean_y) + _C2) / (spread + _C2)
    return light, structure


def _blurring(length: int) -> Floats:
    """``[length - 10, length]``: a Gaussian window at each place where it fits."""
    window = min(_WINDOW, length)
    taps = np.exp(-0.5 * ((np.arange(window) - (window - 1) / 2) / _SIGMA) ** 2)
    matrix = np.zeros((length - window + 1, length), np.float32)
    for place, row in enumerate(matrix):
        row[place : place + window] = taps / taps.sum()
    return matrix


def _half(planes: Floats) -> Floats:
    height, width = planes.shape[2:]
    even = planes[:, :, : height // 2 * 2, : width // 2 * 2]
    rows = even[:, :, ::2] + even[:, :, 1::2]  # numpy takes ten times as long for means of 2 x 2
    half: Floats = (rows[..., ::2] + rows[..., 1::2]) * np.float32(0.25)
    return half
