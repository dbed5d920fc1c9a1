"""Painting the mask of a region: discs along a line, on its few places."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from studio.core.latent import MASK_SIDE

Spot: TypeAlias = tuple[float, float]  # x, y: 0 to 1 from the top left of the picture
Move: TypeAlias = tuple[Spot, Spot]  # from, to

EMPTY = bytes(MASK_SIDE**2)


def stroke(mask: bytes, ends: Move, radius: float, aspect: float, add: bool) -> bytes:
    """A mask with a stroke between two spots put in (`add`) or taken out, its edge soft.

    `radius` is in widths of the picture, `aspect` its height to its width.
    """
    centers = (np.arange(MASK_SIDE) + 0.5) / MASK_SIDE
    x, y = np.meshgrid(centers, centers * aspect)
    (x0, y0), (x1, y1) = ((sx, sy * aspect) for sx, sy in ends)
    dx, dy = x1 - x0, y1 - y0
    length = dx * dx + dy * dy
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / length, 0.0, 1.0) if length else 0.0
    distance = np.hypot(x - (x0 + along * dx), y - (y0 + along * dy))
    cover = np.clip((radius - distance) * MASK_SIDE + 0.5, 0.0, 1.0)
    before = np.frombuffer(mask, np.uint8).reshape(MASK_SIDE, MASK_SIDE)
    painted = np.round(cover * 255).astype(np.uint8)
    after = np.maximum(before, painted) if add else np.minimum(before, 255 - painted)
    return after.tobytes()


def inverted(mask: bytes) -> bytes:
    return (255 - np.frombuffer(mask, np.uint8)).tobytes()
