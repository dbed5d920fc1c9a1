from __future__ import annotations

import math
from dataclasses import dataclass

import skimage as ski

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_color, premultiplied, slope_blur


@dataclass(frozen=True)
class Emboss:
    height: float = param(7.0, "Height", 0.0, 50.0, 0.1, soft_high=20.0)
    light: float = param(45.0, "Light from", -180.0, 180.0, 1.0, "°")
    smoothing: float = param(1.5, "Smoothing", 0.0, 50.0, 0.1, "px", soft_high=10.0)
    color: float = param(0.0, "Keep color", 0.0, 1.0, 0.01)


@operation(
    "emboss",
    "Emboss",
    "filter",
    Emboss,
    presets={"Coin": {"height": 12.0, "smoothing": 3.0}, "In color": {"color": 0.7}},
    words="relief bevel",
    fine=True,
)
def emboss(image: Image, params: Emboss, context: EditContext) -> Image:
    """Press the picture into gray card, lit from one side."""
    surface = slope_blur(luma(premultiplied(image)), params.smoothing, context.scale)[..., 0]
    angle = math.radians(params.light)
    slope = math.cos(angle) * ski.filters.sobel_v(surface) + math.sin(angle) * ski.filters.sobel_h(
        surface
    )
    # Slopes are per pixel: the smaller the preview, the steeper they look.
    relief = slope[..., None] * (params.height * context.scale)
    return map_color(image, lambda color: 0.5 + (color - 0.5) * params.color + relief)
