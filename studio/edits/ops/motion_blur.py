from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_premultiplied, map_tiles

_LEAST_WAY = 1e-3  # px: less than that cannot be seen


@dataclass(frozen=True)
class MotionBlur:
    length: float = param(30.0, "Length", 0.0, 1000.0, 0.5, "px", soft_high=200.0)
    angle: float = param(0.0, "Angle", -90.0, 90.0, 1.0, "°")


@operation(
    "motion_blur",
    "Motion blur",
    "filter",
    MotionBlur,
    presets={"Speed": {"length": 80.0}, "Falling": {"length": 60.0, "angle": 90.0}},
    words="directional speed pan shake",
)
def motion_blur(image: Image, params: MotionBlur, context: EditContext) -> Image:
    """Smear the picture along a line, as a moving camera does."""
    angle = math.radians(params.angle)
    dy, dx = -math.sin(angle) * params.length, math.cos(angle) * params.length
    if params.length <= 0.5:
        return image

    def smeared(pixels: Image) -> Image:
        return map_tiles(
            pixels,
            lambda tile: _smeared(pixels[tile], dy, dx),
            margin=math.ceil(params.length / 2.0) + 2,
        )

    return map_premultiplied(image, smeared)


def _smeared(pixels: Image, dy: float, dx: float) -> Image:
    """The mean along a line of (dy, dx) px around each px.

    A mean of 2n points is the mean of two shifted means of n points: log2 of the length in steps.
    """
    doublings = max(1, math.ceil(math.log2(max(abs(dy), abs(dx), 2.0))))
    for step in range(doublings):
        share = 2.0 ** -(step + 2)
        ahead, behind = (
            _shifted(_shifted(pixels, sign * dy * share, axis=0), sign * dx * share, axis=1)
            for sign in (1, -1)
        )
        pixels = (ahead + behind) * np.float32(0.5)
    return pixels


def _shifted(pixels: Image, way: float, axis: int) -> Image:
    """Moved along an axis by so many px, along straight lines between px; edges are continued."""
    if abs(way) < _LEAST_WAY:
        return pixels
    last = pixels.shape[axis] - 1
    place = np.arange(last + 1) - math.floor(way)
    near, far = (pixels.take(np.clip(place - back, 0, last), axis) for back in (0, 1))
    shifted: Image = near + (far - near) * np.float32(way - math.floor(way))
    return shifted
