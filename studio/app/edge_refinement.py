"""A rough mask of a small picture becomes a selection of the large one that follows its edges.

Fast guided filter (He and Sun 2015): in each neighborhood the selection is a linear function of the
color; its coefficients are found at the small size and used at the full one, in those tiles that
the edge passes through.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image, Pixels8, Rect, from_pixels8, to_pixels8
from studio.core.raster import Raster

RADIUS = 4  # px at the small size, around which an edge is looked for
SMOOTH = 1e-4  # variance of the picture below which there is no edge
STEEP = np.float32(3.0)  # of the refined edge


@dataclass(frozen=True)
class EdgeFinder:
    """What of the guided filter depends on the picture alone.

    `color` is ``float32 [h, w, 3]``, `mean` its local means, `inverse` ``[h, w, 3, 3]`` that of
    its local covariance (He et al. 2010, "Guided image filtering", eq. 19).
    """

    color: Image
    mean: Image
    inverse: Image


def edge_finder(color: Image) -> EdgeFinder:
    mean = _local_mean(color)
    height, width, _ = color.shape
    products = color[..., :, None] * color[..., None, :]
    second = _local_mean(products.reshape(height, width, 9)).reshape(height, width, 3, 3)
    covariance = second - mean[..., :, None] * mean[..., None, :]
    regular = covariance + np.float32(SMOOTH) * np.eye(3, dtype=np.float32)
    return EdgeFinder(color, mean, np.linalg.inv(regular))


def refined(pixels: Pixels8, finder: EdgeFinder, small: NDArray[np.bool_]) -> Pixels8:
    """`small` at the size of `pixels`, ``uint8 [H, W, 4]``: coverage ``uint8 [H, W]``."""
    height, width, _ = pixels.shape
    slope, level = _coefficients(finder, small.astype(np.float32))
    coverage = np.zeros((height, width), np.uint8)
    for _, rect in Raster(width, height, 1).tile_rects(Rect(0, 0, width, height)):
        area = _at_small_size(rect, (height, width), small.shape)
        if not small[area].any():
            continue
        if small[area].all():
            coverage[rect.slices] = 255
            continue
        down = _interpolation(rect.y, rect.height, height, small.shape[0])[:, area[0]]
        across = _interpolation(rect.x, rect.width, width, small.shape[1])[:, area[1]]
        value = (down @ level[area] @ across.T).astype(np.float32, copy=False)
        for channel in range(3):
            color = from_pixels8(pixels[(*rect.slices, channel)])
            value += (down @ slope[(*area, channel)] @ across.T) * color
        coverage[rect.slices] = to_pixels8((value - np.float32(0.5)) * STEEP + np.float32(0.5))
    return coverage


def _coefficients(finder: EdgeFinder, mask: Image) -> tuple[Image, Image]:
    """The linear function of each px, averaged: ``[h, w, 3]`` and ``[h, w]``."""
    level = _local_mean(mask)
    common = _local_mean(finder.color * mask[..., None]) - finder.mean * level[..., None]
    slope = (finder.inverse @ common[..., None])[..., 0]
    offset = level - (slope * finder.mean).sum(axis=2)
    return _local_mean(slope), _local_mean(offset)


def _local_mean(values: Image) -> Image:
    from scipy.ndimage import uniform_filter

    sides = (2 * RADIUS + 1, 2 * RADIUS + 1, *(1,) * (values.ndim - 2))
    averaged: Image = uniform_filter(values, sides, mode="nearest")
    return averaged


def _at_small_size(
    rect: Rect, full: tuple[int, int], small: tuple[int, ...]
) -> tuple[slice, slice]:
    """All small px that have a say in those of `rect`."""
    margin = 2 * RADIUS + 2
    down, across = small[0] / full[0], small[1] / full[1]
    return (
        slice(max(0, int(rect.y * down) - margin), int(rect.bottom * down) + margin),
        slice(max(0, int(rect.x * across) - margin), int(rect.right * across) + margin),
    )


def _interpolation(start: int, length: int, full: int, small: int) -> Image:
    """The matrix that interpolates px from `start` on of `full` from `small` ones."""
    at = np.clip((np.arange(start, start + length) + 0.5) * small / full - 0.5, 0, small - 1)
    below = np.minimum(at.astype(int), max(small - 2, 0))
    part = (at - below).astype(np.float32)
    rows = np.arange(length)
    matrix: Image = np.zeros((length, small), np.float32)
    matrix[rows, below] = 1.0 - part
    matrix[rows, np.minimum(below + 1, small - 1)] += part
    return matrix
