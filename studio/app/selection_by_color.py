"""Selecting by color: the magic wand, and a range of colors. Pure: callable from any lane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Pixels8, from_pixels8, to_pixels8
from studio.core.oklab import to_oklab
from studio.core.param_values import Color
from studio.core.params import param

Distances: TypeAlias = NDArray[np.uint16]

UNIT = 256  # of a `color_distance`, see there
_FARTHEST = 2**15 - 1
_ROWS = 256  # of the picture at a time: what is computed between stays in the cache


@dataclass(frozen=True)
class Wand:
    tolerance: int = param(
        32, "Tolerance", 0, 255, 1, help="How far each channel may be from the clicked one's."
    )
    contiguous: bool = param(default=True, label="Contiguous", help="Only what is connected.")
    smooth: bool = param(default=True, label="Smooth edge")
    all_layers: bool = param(default=True, label="All layers", help="Look at the whole picture.")


@dataclass(frozen=True)
class ColorRange:
    color: Color = param((0.5, 0.5, 0.5), "Color")
    tolerance: float = param(
        10.0, "Tolerance", 0.0, 100.0, 0.5, help="In hundredths of the way from black to white."
    )
    softness: float = param(
        4.0, "Softness", 0.0, 50.0, 0.5, help="How gradually the selection ends beyond that."
    )


def wand_coverage(pixels: Pixels8, x: int, y: int, params: Wand) -> Pixels8:
    """What is like the px at (x, y): ``uint8 [H, W]`` of RGBA ``uint8 [H, W, 4]``.

    Like means: no channel of the premultiplied colors differs by more than the tolerance. What
    is connected (over edges, not corners) is found by skimage's `flood`.
    """
    from skimage.segmentation import flood

    difference = _difference(pixels, x, y)
    if params.contiguous:
        found = flood(difference, (y, x), connectivity=1, tolerance=params.tolerance)
    else:
        found = difference <= params.tolerance
    coverage: Pixels8 = found.view(np.uint8) * np.uint8(255)
    return _smoothed(coverage) if params.smooth else coverage


def color_distance(pixels: Pixels8, color: Color) -> Distances:
    """How far each px is from `color` in OKLab: ``uint16 [H, W]``, `UNIT` for a hundredth of the
    way from black to white.
    """
    target = to_oklab(np.array(color, np.float32))
    distance = np.empty(pixels.shape[:2], np.uint16)
    for top in range(0, len(pixels), _ROWS):
        band = slice(top, top + _ROWS)
        apart = np.linalg.norm(to_oklab(from_pixels8(pixels[band, :, :3])) - target, axis=2)
        distance[band] = np.minimum(apart * (100.0 * UNIT), _FARTHEST)
    return distance


def range_coverage(distance: Distances, alpha: Pixels8, params: ColorRange) -> Pixels8:
    """What is within the range of colors, as far as it is opaque: ``uint8 [H, W]``."""
    distances = np.arange(_FARTHEST + 1, dtype=np.float32) / np.float32(UNIT)
    beyond = distances - np.float32(params.tolerance)
    table = to_pixels8(1.0 - beyond / np.float32(max(params.softness, 1.0 / UNIT)))
    return np.minimum(table[distance], alpha)


def _difference(pixels: Pixels8, x: int, y: int) -> Pixels8:
    """The largest difference of a channel from that at (x, y)."""
    alpha = pixels[..., 3]
    opaque = bool(alpha.min() == 255)
    largest = np.zeros(pixels.shape[:2], np.uint8)
    for channel in range(4 - opaque):
        plane = pixels[..., channel]
        if channel < 3 and not opaque:
            plane = (plane.astype(np.uint16) * alpha // 255).astype(np.uint8)
        value = plane[y, x]
        np.maximum(largest, np.maximum(plane, value) - np.minimum(plane, value), out=largest)
    return largest


def _smoothed(coverage: Pixels8) -> Pixels8:
    """The steps of px along an edge, softened."""
    from scipy.ndimage import uniform_filter

    smoothed: Pixels8 = uniform_filter(coverage, 3, mode="nearest")
    return smoothed
