from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_planes, map_premultiplied


@dataclass(frozen=True)
class Kaleidoscope:
    mirrors: int = param(6, "Mirrors", 2, 24, help="Each makes one more pair of segments.")
    angle: float = param(0.0, "Turn", -180.0, 180.0, 1.0, "°", help="Which part is repeated.")
    zoom: float = param(100.0, "Zoom", 25.0, 400.0, 1.0, "%")
    x: float = param(50.0, "Center, from left", 0.0, 100.0, 1.0, "%", advanced=True)
    y: float = param(50.0, "Center, from top", 0.0, 100.0, 1.0, "%", advanced=True)


@operation(
    "kaleidoscope",
    "Kaleidoscope",
    "art",
    Kaleidoscope,
    presets={"Star": {"mirrors": 5}, "Snowflake": {"mirrors": 6, "zoom": 60.0}},
    words="mirror mandala rosette symmetry",
)
def kaleidoscope(image: Image, params: Kaleidoscope, context: EditContext) -> Image:
    """Mirror one wedge of the picture all around a point."""
    height, width, _ = image.shape
    center = np.array([(width - 1) * params.x, (height - 1) * params.y]) / 100.0
    middle = np.array([width - 1, height - 1]) / 2.0
    wedge = math.pi / params.mirrors
    turn = math.radians(params.angle)

    def source(places: Raw) -> Raw:
        context.control.check()
        x, y = (places - middle).T * (100.0 / params.zoom)
        folded = np.abs((np.arctan2(y, x) + wedge) % (2.0 * wedge) - wedge) + turn
        radius = np.hypot(x, y)
        return np.stack([radius * np.cos(folded), radius * np.sin(folded)], axis=1) + center

    def mirrored(plane: Image) -> Image:
        result: Image = ski.transform.warp(plane, source, order=1, mode="symmetric")
        return result.astype(np.float32, copy=False)

    return map_premultiplied(image, lambda pixels: map_planes(pixels, mirrored))
