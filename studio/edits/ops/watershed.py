from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_premultiplied, opaque_luma
from studio.edits.regions import Labels, at_full_size, bordered, mean_colors, shrunk

_PIXELS = 600_000  # regions are found on no more


@dataclass(frozen=True)
class Watershed:
    size: float = param(
        30.0, "Size", 2.0, 1000.0, 1.0, "px", soft_high=150.0, help="How far apart regions begin."
    )
    smoothing: float = param(3.0, "Smoothing", 0.0, 100.0, 0.1, "px", soft_high=20.0)
    line: float = param(0.0, "Line between", 0.0, 20.0, 0.5, "px", soft_high=6.0)


@operation(
    "watershed",
    "Watershed regions",
    "segment",
    Watershed,
    presets={
        "Camouflage": {"size": 60.0, "smoothing": 8.0},
        "Leaded glass": {"size": 40.0, "line": 3.0},
        "Painted": {"size": 12.0, "smoothing": 1.5},
    },
    fine=True,
    words="regions segmentation flat areas paint by numbers",
)
def watershed(image: Image, params: Watershed, context: EditContext) -> Image:
    """Flood the picture from its flat places until the floods meet: one color for each region."""
    brightness = opaque_luma(image)[..., None]
    small = shrunk(brightness, _PIXELS)
    factor = image.shape[0] / small.shape[0]
    labels = _floods(small, params.size / factor, params.smoothing / factor)
    context.control.check()
    labels = at_full_size(labels, image)

    def flat(pixels: Image) -> Image:
        return bordered(mean_colors(pixels, labels), labels, params.line)

    return map_premultiplied(image, flat)


def _floods(brightness: Image, size: float, smoothing: float) -> Labels:
    """Regions from one source in each square of `size` px: its flattest place."""
    slopes = ski.filters.sobel(blur(brightness, smoothing)[..., 0])
    side = max(2, round(size))
    height, width = slopes.shape
    markers = np.zeros((height, width), np.int32)
    for number, (top, left) in enumerate(
        ((y, x) for y in range(0, height, side) for x in range(0, width, side)), start=1
    ):
        cell = slopes[top : top + side, left : left + side]
        y, x = np.unravel_index(np.argmin(cell), cell.shape)
        markers[top + y, left + x] = number
    labels: Labels = ski.segmentation.watershed(slopes, markers) - 1
    return labels
