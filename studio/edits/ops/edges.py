from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.drawing import STYLES, drawn
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import premultiplied, slope_blur


@dataclass(frozen=True)
class Edges:
    smoothing: float = param(1.5, "Smoothing", 0.0, 50.0, 0.1, "px", soft_high=10.0)
    strength: float = param(4.0, "Strength", 0.0, 50.0, 0.1, soft_high=20.0)
    method: str = param(
        "sobel", "Method", choices=("sobel", "scharr"), help="Scharr is fairer to slanted edges."
    )
    style: str = param("dark on white", "Style", choices=STYLES)


@operation(
    "edges",
    "Edges",
    "filter",
    Edges,
    presets={
        "Blueprint": {"style": "light on black", "smoothing": 1.0},
        "Soft pencil": {"smoothing": 3.0, "strength": 8.0},
        "Comic": {"style": "over the picture", "strength": 8.0},
    },
    words="sobel scharr outline contour",
    fine=True,
)
def edges(image: Image, params: Edges, context: EditContext) -> Image:
    """Draw the outlines of things (Sobel or Scharr filter)."""
    brightness = luma(premultiplied(image))
    slope = getattr(ski.filters, params.method)(
        slope_blur(brightness, params.smoothing, context.scale)[..., 0]
    )
    # Slopes are per pixel: the smaller the preview, the steeper they look.
    lines = np.clip(slope * (params.strength * context.scale), 0.0, 1.0)
    return drawn(image, lines, params.style)
