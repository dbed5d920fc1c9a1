from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.drawing import STYLES, drawn
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Tile, map_tiles, premultiplied, slope_blur


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
    surface = slope_blur(luma(premultiplied(image)), params.smoothing, context.scale)
    slope = getattr(ski.filters, params.method)
    # Slopes are per pixel: the smaller the preview, the steeper they look.
    strength = np.float32(params.strength * context.scale)

    def lines(tile: Tile) -> Image:
        found: Image = np.clip(slope(surface[tile][..., 0]) * strength, 0.0, 1.0)[..., None]
        return found

    return drawn(image, map_tiles(surface, lines, margin=1)[..., 0], params.style)
