from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, join_alpha, split_alpha
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.parallel import each_band
from studio.edits.pixels import Raw, blur, map_premultiplied, tone_index, tones

_ANGLES = (15.0, 75.0, 0.0)  # the usual screens of cyan, magenta and yellow, against moiré
_FINE = 6.0  # points across a dot that look smooth
_MOST_POINTS = 4


@dataclass(frozen=True)
class Halftone:
    size: float = param(8.0, "Dot size", 2.0, 128.0, 0.5, "px", soft_high=40.0)
    angle: float = param(30.0, "Angle", -90.0, 90.0, 1.0, "°")


@operation(
    "halftone",
    "Halftone",
    "filter",
    Halftone,
    presets={"Newspaper": {"size": 5.0}, "Pop art": {"size": 18.0}},
    words="dots print newspaper screen",
    fine=True,
)
def halftone(image: Image, params: Halftone, context: EditContext) -> Image:
    """Print the picture with dots of ink, as in a newspaper."""
    size = max(params.size, 1.0)
    soft = map_premultiplied(image, lambda pixels: blur(pixels, size / 3.0))
    color, _ = split_alpha(soft)
    levels = _levels()
    printed = np.empty_like(color)

    def work(rows: slice) -> None:
        for channel, angle in zip(range(color.shape[2]), _ANGLES, strict=False):
            level = levels[tone_index(color[rows, :, channel])]
            printed[rows, :, channel] = _dots(level, rows.start, size, params.angle + angle)

    each_band(len(color), work)
    return join_alpha(printed, split_alpha(image)[1])


def _levels() -> Image:
    """For each of `tones`, the height below which as much of the screen lies as it asks white."""
    cell = np.linspace(0.0, 1.0, 64, endpoint=False)
    shares = np.linspace(0.0, 1.0, 101)
    heights = np.quantile(_screen(cell[:, None], cell, 1.0, 0.0), shares)
    return np.interp(tones(), shares, heights).astype(np.float32)


def _dots(level: Image, top: int, size: float, degrees: float) -> Image:
    """Dots on a turned grid of `size` px ``[H, W]``: white where the screen is below `level`.

    `top` is the place of the first row.

    Where a dot has few px, as in a preview, several points per px are averaged.
    """
    height, width = level.shape
    points = min(math.ceil(_FINE / size), _MOST_POINTS)
    # The border of a dot is one point wide: the screen climbs from 0 to 1 within half a cell.
    slope = size * points / 2.0
    total = np.zeros_like(level)
    for dy, dx in np.ndindex(points, points):
        y = np.arange(top, top + height, dtype=np.float32)[:, None] + (dy + 0.5) / points
        x = np.arange(width, dtype=np.float32)[None, :] + (dx + 0.5) / points
        screen = _screen(y, x, size, math.radians(degrees))
        total += np.clip((level - screen) * slope + 0.5, 0.0, 1.0)
    total /= points**2
    return total


def _screen(y: Raw, x: Raw, size: float, angle: float) -> Raw:
    """Heights in [0, 1]: hills and valleys, `size` px apart."""
    cos, sin = math.cos(angle) * math.tau / size, math.sin(angle) * math.tau / size
    return 0.5 + 0.25 * (np.cos(cos * x + sin * y) + np.cos(cos * y - sin * x))
