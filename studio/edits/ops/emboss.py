from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Tile, map_pixels, map_tiles, premultiplied, slope_blur


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
    surface = slope_blur(luma(premultiplied(image)), params.smoothing, context.scale)
    angle = math.radians(params.light)
    # Slopes are per pixel: the smaller the preview, the steeper they look.
    height = np.float32(params.height * context.scale)
    across, down = height * np.float32(math.cos(angle)), height * np.float32(math.sin(angle))

    def relief(tile: Tile) -> Image:
        part = surface[tile][..., 0]
        slope = across * ski.filters.sobel_v(part) + down * ski.filters.sobel_h(part)
        raised: Image = slope[..., None]
        return raised

    return map_pixels(
        image,
        lambda color, raised: 0.5 + (color - 0.5) * params.color + raised,
        map_tiles(surface, relief, margin=1),
    )
