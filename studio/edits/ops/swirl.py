from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.warping import warped


@dataclass(frozen=True)
class Swirl:
    strength: float = param(5.0, "Strength", -20.0, 20.0, 0.1)
    radius: float = param(100.0, "Radius", 1.0, 200.0, 1.0, "%")
    x: float = param(50.0, "Center, from left", 0.0, 100.0, 1.0, "%", advanced=True)
    y: float = param(50.0, "Center, from top", 0.0, 100.0, 1.0, "%", advanced=True)


@operation(
    "swirl",
    "Swirl",
    "geometry",
    Swirl,
    fine=True,
    presets={"Gentle": {"strength": 2.0}, "Whirlpool": {"strength": 12.0}},
    words="twirl whirl spiral twist",
)
def swirl(image: Image, params: Swirl, context: EditContext) -> Image:
    """Stir the picture around a point."""
    height, width, _ = image.shape
    center = ((width - 1) * params.x / 100.0, (height - 1) * params.y / 100.0)
    radius = math.hypot(height, width) / 2.0 * params.radius / 100.0

    reach = radius / 5.0 * math.log(2.0)  # as in scikit-image: at `radius` little is left

    def places(y: Image, x: Image) -> tuple[Image, Image]:
        dy, dx = y - center[1], x - center[0]
        distance = np.hypot(dy, dx)
        angle = np.arctan2(dy, dx) + params.strength * np.exp(-distance / reach)
        return center[1] + distance * np.sin(angle), center[0] + distance * np.cos(angle)

    return warped(image, places)
