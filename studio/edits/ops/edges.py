from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_color, premultiplied


@dataclass(frozen=True)
class Edges:
    smoothing: float = param(1.5, "Smoothing", 0.0, 50.0, 0.1, "px", soft_high=10.0)
    strength: float = param(4.0, "Strength", 0.0, 50.0, 0.1, soft_high=20.0)
    style: str = param(
        "dark on white", "Style", choices=("dark on white", "light on black", "over the picture")
    )


@operation("edges", "Edges", "filter", Edges)
def edges(image: Image, params: Edges, context: EditContext) -> Image:
    """Draw the outlines of things (Sobel filter)."""
    brightness = luma(premultiplied(image))
    slope = ski.filters.sobel(blur(brightness, params.smoothing)[..., 0])
    # Slopes are per pixel: the smaller the preview, the steeper they look.
    lines = np.clip(slope * (params.strength * context.scale), 0.0, 1.0)[..., None]
    if params.style == "over the picture":
        return map_color(image, lambda color: color * (1.0 - lines))
    drawing = lines if params.style == "light on black" else 1.0 - lines
    return map_color(image, lambda color: np.repeat(drawing, color.shape[2], axis=2))
