from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import astuple, dataclass

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.image import Image, split_alpha, to_rgba
from studio.core.params import param
from studio.edits.operation import EditContext, Placed, operation
from studio.edits.pixels import clipped, map_planes, map_premultiplied
from studio.errors import StudioError

Matrix = NDArray[np.float64]

_FAR = 65536.0
_SLIDER = 500.0
_MOST_PIXELS = 64 * 2**20  # 1 GiB of memory


def _offset(label: str) -> float:
    shift: float = param(0.0, label, -_FAR, _FAR, 0.1, "px", soft_high=_SLIDER, advanced=True)
    return shift


@dataclass(frozen=True)
class FreeTransform:
    """How far each corner is moved, clockwise from the top left."""

    x1: float = _offset("Top left, across")
    y1: float = _offset("Top left, down")
    x2: float = _offset("Top right, across")
    y2: float = _offset("Top right, down")
    x3: float = _offset("Bottom right, across")
    y3: float = _offset("Bottom right, down")
    x4: float = _offset("Bottom left, across")
    y4: float = _offset("Bottom left, down")
    resampling: str = param(
        "smooth",
        "Resampling",
        choices=("smooth", "nearest"),
        help="Nearest keeps the hard pixels of pixel art.",
    )


def _starting(width: int, height: int) -> dict[str, float]:
    """As if the picture leaned back."""
    return {"x1": round(width / 8, 1), "x2": -round(width / 8, 1)}


@operation(
    "free_transform",
    "Free transform",
    "geometry",
    FreeTransform,
    icon="transform",
    geometric=True,
    start=_starting,
)
def free_transform(image: Image, params: FreeTransform, context: EditContext) -> Placed:
    """Move each corner of the picture: scale, rotate, skew and perspective in one."""
    height, width, _ = image.shape
    before = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    after = before + np.array(astuple(params)[:8], np.float64).reshape(4, 2)
    left, top = (math.floor(edge + 1e-6) for edge in after.min(axis=0))
    right, bottom = (math.ceil(edge - 1e-6) for edge in after.max(axis=0))
    if _only_shifts(after - before):
        return Placed(image, left, top)
    size = max(1, bottom - top), max(1, right - left)
    if size[0] * size[1] / context.scale**2 > _MOST_PIXELS:
        raise StudioError("The picture would be too large.", "Pull the corners less far apart.")
    _demand_area(after)
    back = _shift(-0.5, -0.5) @ _homography(after, before) @ _shift(left + 0.5, top + 0.5)
    smooth = params.resampling == "smooth"
    sigma = _antialiasing(after, width, height) if smooth else (0.0, 0.0)

    def warp(plane: Image) -> Image:
        soft = ski.filters.gaussian(plane, sigma, mode="nearest") if any(sigma) else plane
        warped: Image = ski.transform.warp(
            soft, back, output_shape=size, order=3 if smooth else 0, mode="edge", clip=False
        )
        return np.nan_to_num(warped, nan=0.0)  # on the horizon

    warped = _warped(image, lambda pixels: map_planes(pixels, warp))
    covered = _coverage(after - (left, top), size)
    warped[..., 3] *= covered if smooth else covered >= 0.5
    return Placed(warped, left, top)


def _warped(image: Image, warp: Callable[[Image], Image]) -> Image:
    """RGBA; where nothing is transparent only the colors need be looked at."""
    color, alpha = split_alpha(image)
    if alpha is None or alpha.min() == 1.0:
        return to_rgba(clipped(warp(color))).copy()
    return map_premultiplied(image, warp)


def _only_shifts(offsets: Matrix) -> bool:
    """Whether all corners move alike by whole px: then the pixels stay as they are."""
    return bool(np.ptp(offsets, axis=0).max() < 1e-6 and np.allclose(offsets, offsets.round()))


def _homography(source: Matrix, target: Matrix) -> Matrix:
    """The projective map ``[3, 3]`` that takes four points to four others.

    Heckbert 1989, "Fundamentals of texture mapping and image warping", 2.2.3.
    """
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    found = np.linalg.solve(np.array(rows), np.array(values))
    return np.append(found, 1.0).reshape(3, 3)


def _shift(dx: float, dy: float) -> Matrix:
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy], [0.0, 0.0, 1.0]])


def _demand_area(corners: Matrix) -> None:
    """Raise if a corner lies on the line through its neighbors: then there is no such view."""
    sides = np.roll(corners, -1, axis=0) - corners
    ahead = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * ahead[:, 1] - sides[:, 1] * ahead[:, 0]
    if np.abs(turns).min() < 1e-6:
        raise StudioError("Three corners lie on one line.", "Pull one of them away.")


def _coverage(corners: Matrix, size: tuple[int, int]) -> Image:
    """How much of each px lies between the corners, by its distance from the nearest side."""
    down, across = (place.astype(np.float32) for place in np.ogrid[0.5 : size[0], 0.5 : size[1]])
    sides = np.roll(corners, -1, axis=0) - corners
    area = float((corners[:, 0] * sides[:, 1] - corners[:, 1] * sides[:, 0]).sum())
    covered = np.ones(size, np.float32)
    for (x, y), (dx, dy) in zip(corners, sides, strict=True):
        inward = np.float32(np.sign(area) / np.hypot(dx, dy))
        below, beside = (down - np.float32(y)) * np.float32(dx), (across - np.float32(x))
        np.minimum(covered, (below - beside * np.float32(dy)) * inward + 0.5, out=covered)
    return covered.clip(0.0, 1.0)


def _antialiasing(corners: Matrix, width: int, height: int) -> tuple[float, float]:
    """By how much to blur down and across before the picture gets smaller, as skimage's resize."""
    lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)  # top, right, bottom, left
    across = width / max(float(lengths[[0, 2]].mean()), 1e-6)
    down = height / max(float(lengths[[1, 3]].mean()), 1e-6)
    return max(0.0, (down - 1.0) / 2.0), max(0.0, (across - 1.0) / 2.0)
