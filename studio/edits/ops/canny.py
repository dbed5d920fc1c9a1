from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.image import Image
from studio.core.params import param
from studio.edits.drawing import STYLES, drawn, thick_lines
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Tile, map_tiles, opaque_luma

_FAINT = 0.4  # of the slope that an outline must reach somewhere, how much all of it must have


@dataclass(frozen=True)
class Canny:
    smoothing: float = param(2.5, "Smoothing", 0.5, 50.0, 0.1, "px", soft_high=10.0)
    detail: float = param(0.55, "Detail", 0.0, 1.0, 0.01, help="More draws fainter outlines too.")
    thickness: float = param(2.0, "Thickness", 1.0, 20.0, 0.5, "px", soft_high=8.0)
    style: str = param("dark on white", "Style", choices=STYLES)


@operation(
    "canny",
    "Outlines (Canny)",
    "filter",
    Canny,
    presets={
        "Technical": {"smoothing": 1.5, "thickness": 1.0, "detail": 0.85},
        "Marker": {"smoothing": 4.0, "thickness": 6.0, "detail": 0.6},
        "Chalk": {"style": "light on black", "thickness": 3.0},
    },
    fine=True,
    words="edges contour line drawing",
)
def canny(image: Image, params: Canny, context: EditContext) -> Image:
    """Draw each outline as one thin, even line."""
    brightness = opaque_luma(image)
    # Slopes are per px: the smaller the preview and the weaker the smoothing, the steeper.
    high = 0.02 + 0.25 * (1.0 - params.detail) ** 2
    slope = high / max(context.scale, 1e-3) ** 0.5
    found = _outlines(brightness, max(params.smoothing, 0.5), slope)
    return drawn(image, thick_lines(found, params.thickness), params.style)


def _outlines(brightness: Image, sigma: float, slope: float) -> NDArray[np.bool_]:
    """Canny's: crests of the slope that reach `slope` somewhere; the same as scikit-image's.

    Crests are found in tiles, and followed over the whole picture.
    """
    import scipy.ndimage as ndi

    def crests(tile: Tile) -> Image:
        part = brightness[tile]
        faint = ski.feature.canny(part, sigma, _FAINT * slope, _FAINT * slope, mode="nearest")
        y, x = np.nonzero(faint)
        soft = ndi.gaussian_filter(part, sigma, mode="nearest")
        found = faint.astype(np.float32)
        found[y, x] += _slopes_at(soft, y, x) >= slope
        crest: Image = found[..., None]
        return crest

    margin = math.ceil(4.0 * sigma) + 3
    steep = map_tiles(brightness[..., None], crests, margin=margin)[..., 0]
    labels, count = ndi.label(steep > 0.0, np.ones((3, 3)))
    kept = np.zeros(count + 1, np.bool_)
    kept[labels[steep > 1.0]] = True
    outlines: NDArray[np.bool_] = kept[labels]
    return outlines


def _slopes_at(plane: Image, y: NDArray[np.intp], x: NDArray[np.intp]) -> Image:
    """Sobel's, not divided by anything, at places that are not at the border ``[N]``."""
    near = [[plane[y + dy, x + dx] for dx in (-1, 0, 1)] for dy in (-1, 0, 1)]
    above, here, below = near
    down = below[0] + 2.0 * below[1] + below[2] - above[0] - 2.0 * above[1] - above[2]
    left, right = (above[n] + 2.0 * here[n] + below[n] for n in (0, 2))
    slopes: Image = np.hypot(down, right - left)
    return slopes
