from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.drawing import STYLES, drawn, thick_lines
from studio.edits.operation import SLOW, EditContext, operation
from studio.edits.pixels import opaque_luma


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
    fine=SLOW,
    preview_differs="Which faint outlines are found depends on the size of the picture.",
    words="edges contour line drawing",
)
def canny(image: Image, params: Canny, context: EditContext) -> Image:
    """Draw each outline as one thin, even line."""
    brightness = opaque_luma(image)
    # Slopes are per px: the smaller the preview and the weaker the smoothing, the steeper.
    high = 0.02 + 0.25 * (1.0 - params.detail) ** 2
    slope = np.float32(high / max(context.scale, 1e-3) ** 0.5)
    found = ski.feature.canny(brightness, max(params.smoothing, 0.5), 0.4 * slope, slope)
    return drawn(image, thick_lines(found, params.thickness), params.style)
