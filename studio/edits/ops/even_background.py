from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_color, opaque_luma, resized

_BALL = 16  # px: the picture is shrunk until the ball is as small


@dataclass(frozen=True)
class EvenBackground:
    radius: float = param(
        120.0,
        "Radius",
        4.0,
        4000.0,
        1.0,
        "px",
        soft_high=600.0,
        help="More than what stands out.",
    )
    background: str = param("bright", "Background", choices=("bright", "dark"))
    amount: float = param(1.0, "Amount", 0.0, 1.0, 0.01)


@operation(
    "even_background",
    "Even out the background",
    "restore",
    EvenBackground,
    presets={"Page of a book": {"radius": 80.0}, "Night sky": {"background": "dark"}},
    words="rolling ball illumination shading paper scan document shadow",
    fine=True,
)
def even_background(image: Image, params: EvenBackground, context: EditContext) -> Image:
    """Even out shading and shadows behind what stands out, with a rolling ball.

    Sternberg 1983, on a picture shrunk to a ball of a few px.
    """
    brightness = opaque_luma(image)
    height, width = brightness.shape
    factor = max(1.0, params.radius / _BALL)
    small = resized(
        brightness[..., None], max(1, round(height / factor)), max(1, round(width / factor))
    )[..., 0]
    bright = params.background == "bright"
    surface = 1.0 - small if bright else small
    rolled = ski.restoration.rolling_ball(surface * 255.0, radius=params.radius / factor) / 255.0
    shade = resized(rolled[..., None].astype(np.float32), height, width)
    amount = np.float32(params.amount)
    if bright:
        paper = np.maximum(1.0 - shade, np.float32(0.05))
        return map_color(image, lambda color: color * (1.0 + (1.0 / paper - 1.0) * amount))
    return map_color(image, lambda color: (color - shade * amount) / (1.0 - shade * amount + 1e-3))
