from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.warping import center_of, warped


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
    fine=True,
)
def kaleidoscope(image: Image, params: Kaleidoscope, context: EditContext) -> Image:
    """Mirror one wedge of the picture all around a point."""
    cy, cx = center_of(image, params.x, params.y)
    middle_y, middle_x = center_of(image)
    wedge = math.pi / params.mirrors
    turn = np.float32(math.radians(params.angle))
    zoom = np.float32(100.0 / params.zoom)

    def places(y: Image, x: Image) -> tuple[Image, Image]:
        dy, dx = y - np.float32(middle_y), x - np.float32(middle_x)
        angle = (np.arctan2(dy, dx) + np.float32(wedge)) % np.float32(2.0 * wedge)
        folded = np.abs(angle - np.float32(wedge)) + turn
        radius = np.hypot(dy, dx) * zoom
        return cy + radius * np.sin(folded), cx + radius * np.cos(folded)

    return warped(image, places, mode="reflect")
