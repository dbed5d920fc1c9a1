from __future__ import annotations

import math
from dataclasses import dataclass

import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_planes, map_premultiplied


@dataclass(frozen=True)
class Swirl:
    strength: float = param(5.0, "Strength", -20.0, 20.0, 0.1)
    radius: float = param(100.0, "Radius", 1.0, 200.0, 1.0, "%")
    x: float = param(50.0, "Center, from left", 0.0, 100.0, 1.0, "%", advanced=True)
    y: float = param(50.0, "Center, from top", 0.0, 100.0, 1.0, "%", advanced=True)


@operation("swirl", "Swirl", "art", Swirl)
def swirl(image: Image, params: Swirl, context: EditContext) -> Image:
    """Stir the picture around a point."""
    height, width, _ = image.shape
    center = ((width - 1) * params.x / 100.0, (height - 1) * params.y / 100.0)
    radius = math.hypot(height, width) / 2.0 * params.radius / 100.0

    def stirred(plane: Image) -> Image:
        context.control.check()
        result: Image = ski.transform.swirl(
            plane, center, params.strength, radius, mode="edge", order=1
        )
        return result

    return map_premultiplied(image, lambda pixels: map_planes(pixels, stirred))
