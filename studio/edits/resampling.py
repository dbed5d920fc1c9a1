"""Pictures at other places along their axes: one small matrix for some rows, one for some columns.

What a row of the result is mixed from lies side by side, so that a dense product of few rows costs
a tenth of following every px, however wide the filter is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image, split_alpha
from studio.edits.parallel import ROWS, bands, each_band
from studio.edits.pixels import straight

Plane: TypeAlias = Image  # float32 [H, W]
# Planes, as `premultiplied_planes` makes them, of some rows and columns of the result.
Sampler: TypeAlias = Callable[[slice, slice], Sequence[Plane]]

BLOCK = ROWS // 2  # px of the result that one matrix makes
LEAST_SIGMA = 0.125  # px; below, the Gaussian's kernel is a single px


class Span(NamedTuple):
    """Where a picture's first and last edge come to lie along an axis, in px of the result."""

    first: float
    last: float

    @property
    def length(self) -> float:
        """Negative where the picture is mirrored."""
        return self.last - self.first

    def covers(self, px: NDArray[np.intp]) -> Image:
        """How much of each px, counted from 0, lies between the edges."""
        low, high = min(self), max(self)
        found: Image = np.minimum(px + 1.0 - low, high - px).clip(0.0, 1.0).astype(np.float32)
        return found


class _Mix(NamedTuple):
    """Some px of the result: `weights` ``[target, source]`` of those px of the picture."""

    target: slice
    source: slice
    weights: Image


def premultiplied_planes(image: Image) -> tuple[Plane, ...]:
    """Color times alpha, and alpha; of an opaque picture the color alone, three channels."""
    color, alpha = split_alpha(image)
    opaque = alpha is None or bool(alpha.min(initial=1.0) == 1.0)
    planes = np.empty((3 if opaque else 4, *image.shape[:2]), np.float32)

    def work(rows: slice) -> None:
        planes[:3, rows] = np.moveaxis(color[rows], 2, 0)
        if not opaque and alpha is not None:
            planes[:3, rows] *= alpha[rows, :, 0]
            planes[3, rows] = alpha[rows, :, 0]

    each_band(len(image), work)
    return tuple(planes)


def sampled(size: tuple[int, int], coverage: Callable[[slice], Image], sample: Sampler) -> Image:
    """RGBA ``[h, w, 4]`` of `size` by `sample`, as far as `coverage` of rows ``[n, w]`` says.

    In bands, several at once, where there is anything.
    """
    out = np.zeros((*size, 4), np.float32)

    def work(rows: slice) -> None:
        covered = coverage(rows)
        shown = np.flatnonzero(covered.any(axis=0))
        if not shown.size:
            return
        columns = slice(int(shown[0]), int(shown[-1]) + 1)
        part = out[rows, columns]
        planes = sample(rows, columns)
        for channel, plane in enumerate(planes):
            np.clip(plane, 0.0, 1.0, out=part[..., channel])
        if len(planes) == 3:
            part[..., 3] = covered[:, columns]
        else:
            part[...] = straight(part)
            part[..., 3] *= covered[:, columns]

    each_band(size[0], work, BLOCK)
    return out


def stretched(
    image: Image, size: tuple[int, int], down: Span, across: Span, *, smooth: bool
) -> Image:
    """RGBA of `size`: a picture whose edges are those of the spans, antialiased where it shrinks.

    Smooth is bicubic (Keys 1981, a = -1/2) after a Gaussian, as scikit-image's `warp` of order 3
    and `resize`; else the nearest px is taken. The picture's edge is continued.
    """
    height, width, _ = image.shape
    rows_of = _mixes(_taps(height, size[0], down, smooth=smooth))
    columns_of = _mixes(_taps(width, size[1], across, smooth=smooth))
    beside = across.covers(np.arange(size[1]))

    def coverage(rows: slice) -> Image:
        below = down.covers(np.arange(rows.start, rows.stop))
        covered = np.minimum(below[:, None], beside)
        return covered if smooth else (covered >= 0.5).astype(np.float32)

    def sample(rows: slice, columns: slice) -> Sequence[Plane]:
        _, source, weights = rows_of[rows.start // BLOCK]
        planes = premultiplied_planes(image[source])
        return [_mixed_across(weights @ plane, columns_of)[:, columns] for plane in planes]

    return sampled(size, coverage, sample)


def softened(plane: Plane, sigma: tuple[float, float]) -> Plane:
    """Blurred by a Gaussian of so many px down and across; the plane's edge is continued."""
    if max(sigma) < LEAST_SIGMA:
        return plane
    rows_of, columns_of = (
        _mixes(_blurred(_each_px(length), length, blur))
        for length, blur in zip(plane.shape, sigma, strict=True)
    )
    out = np.empty_like(plane)

    def work(rows: slice) -> None:
        _, source, weights = rows_of[rows.start // BLOCK]
        out[rows] = _mixed_across(weights @ plane[source], columns_of)

    each_band(len(plane), work, BLOCK)
    return out


def _mixed_across(rows: Plane, columns_of: Sequence[_Mix]) -> Plane:
    out = np.empty((len(rows), columns_of[-1].target.stop), np.float32)
    for target, source, weights in columns_of:
        np.matmul(rows[:, source], weights.T, out=out[:, target])
    return out


# --- Which px each px of the result is mixed from, along one axis ---


class _Taps(NamedTuple):
    """For each px of the result ``[n, taps]``: px of the picture, and what each weighs."""

    places: NDArray[np.intp]
    weights: NDArray[np.float64]


def _each_px(length: int) -> _Taps:
    return _Taps(np.arange(length)[:, None], np.ones((length, 1)))


def _taps(length: int, size: int, span: Span, *, smooth: bool) -> _Taps:
    """For an axis of `length` px that is seen in `size` px."""
    place = (np.arange(size) + 0.5 - span.first) / span.length * length - 0.5
    if not smooth:
        nearest = np.floor(place + 0.5).astype(np.intp)
        return _Taps(np.clip(nearest, 0, length - 1)[:, None], np.ones((size, 1)))
    around = np.floor(place)[:, None] + np.arange(-1, 3)
    taps = _Taps(np.clip(around.astype(np.intp), 0, length - 1), _keys(place[:, None] - around))
    return _blurred(taps, length, shrinking_sigma(length, abs(span.length)))


def shrinking_sigma(before: float, after: float) -> float:
    """Of the Gaussian, in px, before an axis gets shorter: as in scikit-image's `resize`."""
    return max(0.0, (before / max(after, 1e-6) - 1.0) / 2.0)


def _keys(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keys 1981, "Cubic convolution interpolation for digital image processing", a = -1/2."""
    t = np.abs(distance)
    near = (1.5 * t - 2.5) * t**2 + 1.0
    far = ((-0.5 * t + 2.5) * t - 4.0) * t + 2.0
    return np.where(t < 1.0, near, np.where(t < 2.0, far, 0.0))


def _blurred(taps: _Taps, length: int, sigma: float) -> _Taps:
    """The same taps of a picture that a Gaussian, cut off at four sigma, has blurred."""
    if sigma < LEAST_SIGMA:
        return taps
    reach = int(4.0 * sigma + 0.5)
    beside = np.arange(-reach, reach + 1)
    bell = np.exp(-0.5 * (beside / sigma) ** 2)
    places = np.clip(taps.places[..., None] + beside, 0, length - 1)
    weights = taps.weights[..., None] * (bell / bell.sum())
    return _Taps(places.reshape(len(places), -1), weights.reshape(len(places), -1))


def _mixes(taps: _Taps) -> list[_Mix]:
    """The matrices of every `BLOCK` px of the result."""
    mixes = []
    for target in bands(len(taps.places), BLOCK):
        places, weights = taps.places[target], taps.weights[target]
        first, stop = int(places.min()), int(places.max()) + 1
        cells = np.arange(len(places))[:, None] * (stop - first) + places - first
        flat = np.bincount(cells.ravel(), weights.ravel(), len(places) * (stop - first))
        matrix = flat.reshape(len(places), -1).astype(np.float32)
        mixes.append(_Mix(target, slice(first, stop), matrix))
    return mixes
