"""Ways between latent vectors: straight lines, arcs about the origin, circles."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from studio.core.latent import Vector

_PARALLEL = 1e-4  # radians: below, a straight line is as good as an arc


def slerp(first: Vector, second: Vector, share: float) -> Vector:
    """On the arc from one vector to another; the length goes evenly (Shoemake 1985)."""
    lengths = float(np.linalg.norm(first)), float(np.linalg.norm(second))
    if min(lengths) == 0.0:
        return lerp(first, second, share)
    one, other = first / lengths[0], second / lengths[1]
    angle = math.acos(float(np.clip(one @ other, -1.0, 1.0)))
    if angle < _PARALLEL or math.pi - angle < _PARALLEL:
        return lerp(first, second, share)
    weights = math.sin((1.0 - share) * angle), math.sin(share * angle)
    direction = (weights[0] * one + weights[1] * other) / math.sin(angle)
    length = lengths[0] + share * (lengths[1] - lengths[0])
    between: Vector = (direction * length).astype(np.float32)
    return between


def lerp(first: Vector, second: Vector, share: float) -> Vector:
    between: Vector = first + np.float32(share) * (second - first)
    return between


def unit_of(vector: Vector) -> Vector:
    unit: Vector = (vector / max(1e-9, float(np.linalg.norm(vector)))).astype(np.float32)
    return unit


def orthogonal_to(vector: Vector, units: Sequence[Vector]) -> Vector:
    """What of a vector is orthogonal to these."""
    for unit in units:
        vector = vector - (vector @ unit) * unit
    return vector
