"""A few colors instead of many: finding them in a picture, and the nearest one of each px."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.image import Image, split_alpha, to_rgba

_SAMPLES = 20_000  # px that colors are found in
_ROUNDS = 12
_CUBE = 64  # steps of each channel that nearest colors are looked up at


def main_colors(image: Image, count: int) -> Image:
    """At most `count` colors ``[count, 3]`` that stand for a picture, dark ones first.

    K-means in Lab on a regular sample of px weighted by alpha, from starts that lie far apart.
    """
    rgb, alpha = split_alpha(to_rgba(image))
    assert alpha is not None
    step = max(1, int(np.sqrt(rgb[..., 0].size / _SAMPLES)))
    colors = rgb[step // 2 :: step, step // 2 :: step].reshape(-1, 3)
    weights = alpha[step // 2 :: step, step // 2 :: step].ravel()
    if weights.max(initial=0.0) <= 0.0:
        return np.zeros((1, 3), np.float32)
    colors, weights = colors[weights > 0], weights[weights > 0]
    lab = lab_of(colors)
    centers: NDArray[np.floating[Any]] = _spread_out(lab, weights, count)
    for _ in range(_ROUNDS):
        nearest = _nearest(lab, centers)
        total = np.bincount(nearest, weights, len(centers))
        sums = [np.bincount(nearest, weights * axis, len(centers)) for axis in lab.T]
        used = total > 0
        centers = np.stack(sums, axis=1)[used] / total[used, None]
    found = rgb_of(centers.astype(np.float32))
    return found[np.argsort(centers[:, 0])]


def nearest_of(colors: Image) -> Callable[[Image], NDArray[np.uint8]]:
    """What finds for each px ``[H, W]`` the nearest of at most 256 `colors` ``[N, 3]``, its place.

    In Lab, looked up in a cube of colors: the borders between two lie within 1/64.
    """
    table = _nearest(_cube(), lab_of(colors)).astype(np.uint8)

    def places(image: Image) -> NDArray[np.uint8]:
        rgb, _ = split_alpha(to_rgba(image))
        cell = np.minimum((rgb * _CUBE).astype(np.int32), _CUBE - 1)
        index: NDArray[np.uint8] = table[
            (cell[..., 0] * _CUBE + cell[..., 1]) * _CUBE + cell[..., 2]
        ]
        return index

    return places


@functools.cache
def _cube() -> Image:
    """The colors of the cube, in Lab ``[_CUBE ** 3, 3]``."""
    axis = ((np.arange(_CUBE) + 0.5) / _CUBE).astype(np.float32)
    return lab_of(np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3))


def lab_of(colors: Image) -> Image:
    """``[..., 3]`` sRGB to CIE Lab."""
    lab: Image = ski.color.rgb2lab(colors).astype(np.float32)
    return lab


def rgb_of(lab: Image) -> Image:
    """``[N, 3]`` CIE Lab to sRGB, clipped to what can be shown."""
    rgb: Image = np.clip(ski.color.lab2rgb(lab), 0.0, 1.0).astype(np.float32)
    return rgb


def _spread_out(lab: Image, weights: Image, count: int) -> Image:
    """Starts for k-means: each as far as can be from those before, outliers left aside."""
    centers = [np.average(lab, axis=0, weights=weights)]
    distance = ((lab - centers[0]) ** 2).sum(axis=1)
    while len(centers) < count and distance.max() > 1.0:
        order = np.argsort(distance)
        chosen = lab[order[int(0.98 * (len(order) - 1))]]
        if ((chosen - np.array(centers)) ** 2).sum(axis=1).min() < 1.0:
            chosen = lab[order[-1]]
        centers.append(chosen)
        distance = np.minimum(distance, ((lab - chosen) ** 2).sum(axis=1))
    return np.array(centers, np.float32)


def _nearest(lab: Image, centers: Image) -> NDArray[np.intp]:
    # The squared distance, less what all centers have in common.
    place: NDArray[np.intp] = np.argmin((centers**2).sum(axis=1) - 2.0 * lab @ centers.T, axis=1)
    return place
