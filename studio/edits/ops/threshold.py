from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_pixels, tone_counts, tones

_BINS = 256  # that the level is found in


@dataclass(frozen=True)
class Threshold:
    automatic: bool = param(True, "Automatic", help="Find the level by Otsu's method.")
    level: float = param(0.5, "Level", 0.0, 1.0, 0.01, help="Used where not automatic.")
    softness: float = param(0.05, "Softness", 0.0, 1.0, 0.01, help="Smooths the jagged border.")


@operation(
    "threshold",
    "Threshold",
    "segment",
    Threshold,
    fine=True,
    presets={"Hard": {"softness": 0.0}, "Half way": {"automatic": False}},
    words="black white binarize otsu",
)
def threshold(image: Image, params: Threshold, context: EditContext) -> Image:
    """Leave only black and white, split at a brightness."""
    level = _otsu(tone_counts(image, 1)[0]) if params.automatic else params.level
    slope = np.float32(1.0 / max(params.softness, 1e-4))

    def split(color: Image) -> Raw:
        white = (luma(color) - np.float32(level)) * slope + np.float32(0.5)
        return np.broadcast_to(white, color.shape)

    return map_pixels(image, split)


def _otsu(counts: Image) -> float:
    """Otsu's level, moved to the middle of the gap between the tones on both sides of it."""
    used = np.flatnonzero(counts)
    if len(used) <= 1:
        return 0.5
    scale = tones()
    steps, edges = np.histogram(scale, _BINS, (scale[used[0]], scale[used[-1]]), weights=counts)
    found = ski.filters.threshold_otsu(hist=(steps, (edges[:-1] + edges[1:]) / 2.0))
    dark, bright = used[scale[used] <= found], used[scale[used] > found]
    return float(scale[dark[-1]] + scale[bright[0]]) / 2.0
