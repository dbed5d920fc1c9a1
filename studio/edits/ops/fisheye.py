from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.warping import center_of, warped


@dataclass(frozen=True)
class Fisheye:
    strength: float = param(
        0.6, "Strength", -1.0, 1.0, 0.01, help="Positive bulges out, negative pinches in."
    )
    radius: float = param(100.0, "Radius", 1.0, 200.0, 1.0, "%")
    x: float = param(50.0, "Center, from left", 0.0, 100.0, 1.0, "%", advanced=True)
    y: float = param(50.0, "Center, from top", 0.0, 100.0, 1.0, "%", advanced=True)


@operation(
    "fisheye",
    "Fisheye",
    "geometry",
    Fisheye,
    fine=True,
    presets={"Pinch": {"strength": -0.6}, "Strong lens": {"strength": 1.0}},
    words="bulge pinch lens spherize barrel distortion",
)
def fisheye(image: Image, params: Fisheye, context: EditContext) -> Image:
    """Bulge the picture out as a lens does, or pinch it in."""
    height, width, _ = image.shape
    cy, cx = center_of(image, params.x, params.y)
    reach = max(1.0, math.hypot(height, width) / 2.0 * params.radius / 100.0)
    strength = params.strength

    def places(y: Image, x: Image) -> tuple[Image, Image]:
        share = np.minimum(np.hypot(y - cy, x - cx) / np.float32(reach), 1.0)
        # Nothing moves at the rim, most in the middle.
        factor = 1.0 - abs(strength) * 0.8 * (1.0 - share)
        if strength < 0.0:
            factor = (1.0 + abs(strength) * (1.0 - share)) ** 1.5
        return cy + (y - cy) * factor, cx + (x - cx) * factor

    return warped(image, places)
