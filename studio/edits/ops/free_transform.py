from __future__ import annotations

import math
from dataclasses import astuple, dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, Placed, operation
from studio.edits.projection import Matrix, projected
from studio.edits.resampling import (
    Span,
    premultiplied_planes,
    shrinking_sigma,
    softened,
    stretched,
)
from studio.errors import StudioError

_FAR = 65536.0
_SLIDER = 500.0
_MOST_PIXELS = 64 * 2**20  # 1 GiB of memory
_EXACT = 1e-6  # px; what lies nearer to a place is taken to be there


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
    words="perspective skew distort shear corners",
)
def free_transform(image: Image, params: FreeTransform, context: EditContext) -> Placed:
    """Move each corner of the picture: scale, rotate, skew and perspective in one."""
    height, width, _ = image.shape
    before = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    after = before + np.array(astuple(params)[:8], np.float64).reshape(4, 2)
    left, top = (math.floor(edge + _EXACT) for edge in after.min(axis=0))
    right, bottom = (math.ceil(edge - _EXACT) for edge in after.max(axis=0))
    size = max(1, bottom - top), max(1, right - left)
    if size[0] * size[1] / context.scale**2 > _MOST_PIXELS:
        raise StudioError("The picture would be too large.", "Pull the corners less far apart.")
    _demand_area(after)
    corners, smooth = after - (left, top), params.resampling == "smooth"
    seen = _upright(image, corners, size, smooth=smooth)
    if seen is None:
        seen = _slanted(image, before, corners, size, smooth=smooth)
    return Placed(seen, left, top)


def _upright(image: Image, corners: Matrix, size: tuple[int, int], *, smooth: bool) -> Image | None:
    """The picture where its sides still lie along the axes, mirrored or after a quarter turn too.

    None where they do not.
    """
    for seen, ring in ((image, corners), (image.swapaxes(0, 1), corners[[0, 3, 2, 1]])):
        (x1, y1), (x2, y2), (x3, y3), (x4, y4) = ring
        if max(abs(x1 - x4), abs(x2 - x3), abs(y1 - y2), abs(y3 - y4)) < _EXACT:
            return _boxed(seen, size, Span(y1, y3), Span(x1, x3), smooth=smooth)
    return None


def _boxed(image: Image, size: tuple[int, int], down: Span, across: Span, *, smooth: bool) -> Image:
    """Pixels stay as they are where no side gets another length, and begins at a whole px."""
    lengths = abs(down.length), abs(across.length)
    if size == image.shape[:2] and np.allclose(lengths, size, rtol=0.0, atol=_EXACT):
        mirrored = tuple(axis for axis, span in enumerate((down, across)) if span.length < 0)
        return np.ascontiguousarray(np.flip(image, mirrored) if mirrored else image)
    return stretched(image, size, down, across, smooth=smooth)


def _slanted(
    image: Image, before: Matrix, corners: Matrix, size: tuple[int, int], *, smooth: bool
) -> Image:
    """The picture between any four corners, which lay at `before`."""
    back = _shift(-0.5, -0.5) @ _homography(corners, before) @ _shift(0.5, 0.5)
    planes = premultiplied_planes(image)
    if smooth:
        sigma = _antialiasing(corners, *image.shape[:2])
        planes = tuple(softened(plane, sigma) for plane in planes)

    def coverage(rows: slice) -> Image:
        covered = _coverage(corners, rows, size[1])
        return covered if smooth else (covered >= 0.5).astype(np.float32)

    return projected(planes, back, size, coverage, smooth=smooth)


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


def _coverage(corners: Matrix, rows: slice, width: int) -> Image:
    """How much of each px lies between the corners, by its distance from the nearest side."""
    down = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + np.float32(0.5)
    across = np.arange(width, dtype=np.float32) + np.float32(0.5)
    sides = np.roll(corners, -1, axis=0) - corners
    area = float((corners[:, 0] * sides[:, 1] - corners[:, 1] * sides[:, 0]).sum())
    covered = np.ones((len(down), width), np.float32)
    for (x, y), (dx, dy) in zip(corners, sides, strict=True):
        inward = np.float32(np.sign(area) / np.hypot(dx, dy))
        below, beside = (down - np.float32(y)) * np.float32(dx), (across - np.float32(x))
        np.minimum(covered, (below - beside * np.float32(dy)) * inward + 0.5, out=covered)
    return covered.clip(0.0, 1.0)


def _antialiasing(corners: Matrix, height: int, width: int) -> tuple[float, float]:
    """By how much to blur down and across before the picture gets smaller."""
    lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)  # top, right, bottom, left
    down, across = (float(lengths[sides].mean()) for sides in ([1, 3], [0, 2]))
    return shrinking_sigma(height, down), shrinking_sigma(width, across)
