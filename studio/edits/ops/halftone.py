from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_color, map_premultiplied

_ANGLES = (15.0, 75.0, 0.0)  # the usual screens of cyan, magenta and yellow, against moiré


@dataclass(frozen=True)
class Halftone:
    size: float = param(8.0, "Dot size", 2.0, 128.0, 0.5, "px", soft_high=40.0)
    angle: float = param(30.0, "Angle", -90.0, 90.0, 1.0, "°")


@operation("halftone", "Halftone", "art", Halftone)
def halftone(image: Image, params: Halftone, context: EditContext) -> Image:
    """Print the picture with dots of ink, as in a newspaper."""
    size = max(params.size, 2.0)  # smaller dots cannot be drawn, in a preview
    soft = map_premultiplied(image, lambda pixels: blur(pixels, size / 3.0))

    def printed(color: Image) -> Image:
        planes = [
            _dots(soft[..., channel], size, params.angle + _ANGLES[channel])
            for channel in range(color.shape[2])
        ]
        return np.stack(planes, axis=2)

    return map_color(image, printed)


def _dots(brightness: Image, size: float, degrees: float) -> Image:
    """Dots on a turned grid of `size` px, ``[H, W]``: the darker, the larger."""
    height, width = brightness.shape
    y = np.arange(height, dtype=np.float32)[:, None] * np.float32(2.0 * math.pi / size)
    x = np.arange(width, dtype=np.float32)[None, :] * np.float32(2.0 * math.pi / size)
    cos, sin = (
        np.float32(math.cos(math.radians(degrees))),
        np.float32(math.sin(math.radians(degrees))),
    )
    screen = 0.5 + 0.25 * (np.cos(cos * x + sin * y) + np.cos(cos * y - sin * x))
    # One px wide borders: the screen climbs from 0 to 1 within half a cell.
    return np.clip((brightness - screen) * np.float32(size / 2.0) + 0.5, 0.0, 1.0)
