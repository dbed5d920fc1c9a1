from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_color, opaque_luma


@dataclass(frozen=True)
class Threshold:
    automatic: bool = param(True, "Automatic", help="Find the level by Otsu's method.")
    level: float = param(0.5, "Level", 0.0, 1.0, 0.01, help="Used where not automatic.")
    softness: float = param(0.05, "Softness", 0.0, 1.0, 0.01, help="Smooths the jagged border.")


@operation("threshold", "Threshold", "segment", Threshold)
def threshold(image: Image, params: Threshold, context: EditContext) -> Image:
    """Leave only black and white, split at a brightness."""
    brightness = opaque_luma(image)
    level = _otsu(brightness) if params.automatic else params.level
    slope = 1.0 / max(params.softness, 1e-4)
    white = np.clip((brightness - level) * slope + 0.5, 0.0, 1.0)[..., None]
    return map_color(image, lambda color: np.broadcast_to(white, color.shape))


def _otsu(brightness: Image) -> float:
    """Otsu's level, moved to the middle of the gap between the tones on both sides of it."""
    if brightness.min() == brightness.max():
        return 0.5
    dark = brightness <= ski.filters.threshold_otsu(brightness)
    return float(brightness[dark].max() + brightness[~dark].min()) / 2.0
