"""What can be done to a selection as a whole: one declared change, one row of the Select menu."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from studio.app.selection import bounds, from_coverage
from studio.core.image import Image, to_pixels8
from studio.core.params import param
from studio.core.raster import Raster
from studio.edits.pixels import blur, clipped

Coverage: TypeAlias = Image  # float32 [H, W], 0 to 1


@dataclass(frozen=True)
class Grow:
    by: int = param(8, "Grow by", 1, 512, 1, "px", soft_high=100)


@dataclass(frozen=True)
class Shrink:
    by: int = param(8, "Shrink by", 1, 512, 1, "px", soft_high=100)


@dataclass(frozen=True)
class Feather:
    radius: float = param(12.0, "Radius", 0.5, 512.0, 0.5, "px", soft_high=100.0)


@dataclass(frozen=True)
class Border:
    width: int = param(10, "Width", 2, 512, 2, "px", soft_high=100)


@dataclass(frozen=True)
class Smooth:
    radius: float = param(6.0, "Radius", 0.5, 256.0, 0.5, "px", soft_high=50.0)


@dataclass(frozen=True)
class SelectionChange:
    """`reach` is how many px beyond the selection the change may select."""

    id: str
    title: str
    params_type: type[Any]
    function: Callable[[Coverage, Any], Coverage]
    reach: Callable[[Any], float]


def changed(selection: Raster, change: SelectionChange, params: Any) -> Raster | None:
    """The selection after a change; None if nothing is left of it."""
    margin = math.ceil(change.reach(params)) + 2
    area = bounds(selection).outset(margin).intersect(selection.rect)
    coverage = np.zeros((selection.height, selection.width), np.uint8)
    before = selection.read(area)[..., 0]
    coverage[area.slices] = to_pixels8(change.function(before, params))
    return from_coverage(coverage)


def _grow(coverage: Coverage, params: Grow) -> Coverage:
    return _grown(coverage, params.by)


def _shrink(coverage: Coverage, params: Shrink) -> Coverage:
    return _shrunk(coverage, params.by)


def _feather(coverage: Coverage, params: Feather) -> Coverage:
    """A Gaussian that has faded out at about `radius` on either side of the edge."""
    return _blurred(coverage, params.radius / 2)


def _border(coverage: Coverage, params: Border) -> Coverage:
    """A band around the edge, half of it on either side."""
    half = params.width / 2
    band: Coverage = np.minimum(_grown(coverage, half), 1.0 - _shrunk(coverage, half))
    return band


def _smooth(coverage: Coverage, params: Smooth) -> Coverage:
    """Blur and sharpen again: what is narrower than `radius` goes, straight edges stay.

    Across a straight edge, the blurred coverage has a slope of ``1 / (sigma * sqrt(2 pi))``.
    """
    slope = params.radius * math.sqrt(2.0 * math.pi)
    blurred = _blurred(coverage, params.radius)
    return clipped((blurred - 0.5) * slope + 0.5)


def _blurred(coverage: Coverage, sigma: float) -> Coverage:
    return blur(coverage[..., None], sigma)[..., 0]


def _grown(coverage: Coverage, by: float) -> Coverage:
    """By exact Euclidean distance; the new edge is antialiased."""
    from scipy.ndimage import distance_transform_edt

    inside = coverage >= 0.5
    if not inside.any():
        return coverage
    distance = distance_transform_edt(~inside)
    grown: Coverage = np.clip(by + 1.0 - distance, 0.0, 1.0).astype(np.float32)
    return grown


def _shrunk(coverage: Coverage, by: float) -> Coverage:
    """At the document's border nothing shrinks: there the selection has no edge."""
    return 1.0 - _grown(1.0 - coverage, by) if coverage.min() < 0.5 else coverage


CHANGES = (
    SelectionChange("grow", "Grow", Grow, _grow, lambda params: params.by),
    SelectionChange("shrink", "Shrink", Shrink, _shrink, lambda _params: 0),
    SelectionChange("feather", "Feather", Feather, _feather, lambda params: params.radius * 2),
    SelectionChange("border", "Border", Border, _border, lambda params: params.width / 2),
    SelectionChange("smooth", "Smooth", Smooth, _smooth, lambda params: params.radius),
)
