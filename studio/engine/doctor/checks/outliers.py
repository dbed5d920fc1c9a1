"""Pictures unlike all others, by color, form and palette."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from studio.core.control import RunControl
from studio.core.image import LUMA, Pixels8
from studio.engine.api.doctor import Finding
from studio.engine.doctor.check import (
    THUMBNAIL,
    Album,
    Check,
    Figures,
    Measured,
    counted,
    spread,
    suspects,
)

_FEWEST = 16  # pictures; among fewer nothing is usual
_CELLS = 8
_DIRECTIONS = 8
_TONES = 4  # per channel of the palette
_EXPLAINED = 0.9  # share of the variance that the principal components keep
_NEIGHBORS = 5
_REFERENCES = 2_000  # pictures that all are compared with
_SPREADS = 2.6
_LEAST_SPREAD = 0.05


def _judge(album: Album, measured: Measured, control: RunControl) -> Iterable[Finding]:
    if len(album) < _FEWEST:
        return
    features = _principal(_features(measured.thumbnails))
    loneliness = np.log(_distances(features, control) + 1e-6)
    off = (loneliness - np.median(loneliness)) / spread(loneliness, _LEAST_SPREAD)
    strange = suspects(off, _SPREADS)
    if strange:
        yield Finding(
            "outliers",
            f"{counted(len(strange), 'is', 'are')} unlike the others",
            "One of a kind cannot be learned as a kind: it is copied, or blends into the others.",
            strange,
            reason="unlike the others",
        )


def _features(thumbnails: Pixels8) -> Figures:
    """``[N, 32, 32, C]`` as ``[N, F]``: where which color is, which edges run where, the palette.

    The three count the same, whatever their number of values.
    """
    color = thumbnails[..., :3].astype(np.float32) / 255
    size = THUMBNAIL // _CELLS
    cells = color.reshape(-1, _CELLS, size, _CELLS, size, 3).mean(axis=(2, 4))
    parts = [cells.reshape(len(color), -1), _directions(color @ LUMA), _palette(thumbnails)]
    return np.concatenate([_even(part) for part in parts], axis=1)


def _directions(grey: Figures) -> Figures:
    """Histograms of oriented gradients (Dalal & Triggs 2005) of ``[N, 32, 32]``, in 4 × 4 cells."""
    down, right = np.gradient(grey, axis=(1, 2))
    turn = np.arctan2(down, right) % np.pi
    direction = (turn / np.pi * _DIRECTIONS).astype(int) % _DIRECTIONS
    strength = np.hypot(down, right)
    size = THUMBNAIL // 4
    bins = [
        np.where(direction == way, strength, 0).reshape(-1, 4, size, 4, size).sum(axis=(2, 4))
        for way in range(_DIRECTIONS)
    ]
    histograms: Figures = np.sqrt(np.stack(bins, axis=-1).reshape(len(grey), -1))
    return histograms


def _palette(thumbnails: Pixels8) -> Figures:
    """The root of the share of each of 64 colors, ``[N, 64]``."""
    steps = thumbnails[..., :3].astype(np.int64) * _TONES // 256
    codes = (steps @ np.array([_TONES**2, _TONES, 1])).reshape(len(steps), -1)
    counts = [np.bincount(row, minlength=_TONES**3) for row in codes]
    shares: Figures = np.sqrt(np.array(counts, np.float32) / codes.shape[1])
    return shares


def _even(part: Figures) -> Figures:
    """Centered, and of total variance 1."""
    centered: Figures = part - part.mean(axis=0)
    even: Figures = centered / max(1e-3, float(centered.var(axis=0).sum()) ** 0.5)
    return even


def _principal(features: Figures) -> Figures:
    """``[N, F]`` in the directions that explain most of its variance."""
    scatter = features.T @ features
    values, directions = np.linalg.eigh(scatter)  # ascending
    explained = np.cumsum(values[::-1]) / max(1e-9, float(values.sum()))
    kept = min(int(np.searchsorted(explained, _EXPLAINED)) + 1, len(features) // 4)
    principal: Figures = features @ directions[:, ::-1][:, :kept]
    return principal


def _distances(points: Figures, control: RunControl) -> Figures:
    """How far each of ``[N, k]`` is from its fifth-nearest neighbour, ``[N]``."""
    stride = -(-len(points) // _REFERENCES)
    references = points[::stride]
    lengths = (references**2).sum(axis=1)
    nearest = []
    for point in points:
        control.check()
        squares = lengths - 2 * (references @ point) + point @ point
        nearest.append(np.partition(squares, _NEIGHBORS)[_NEIGHBORS])  # itself is the zeroth
    return np.sqrt(np.maximum(0, np.array(nearest, np.float32)))


CHECK = Check("outliers", _judge)
