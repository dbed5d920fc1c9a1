from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, luma, split_alpha
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_pixels, premultiplied


@dataclass(frozen=True)
class Glow:
    radius: float = param(20.0, "Radius", 0.0, 250.0, 0.5, "px", soft_high=80.0)
    amount: float = param(0.8, "Amount", 0.0, 1.0, 0.01)
    threshold: float = param(0.4, "From brightness", 0.0, 1.0, 0.01)


@operation(
    "glow",
    "Glow",
    "filter",
    Glow,
    presets={
        "Dreamy": {"radius": 40.0, "threshold": 0.2},
        "Lamps": {"radius": 12.0, "threshold": 0.8, "amount": 1.0},
    },
    words="bloom orton",
)
def glow(image: Image, params: Glow, context: EditContext) -> Image:
    """Let bright places shine over their surroundings."""
    source, _ = split_alpha(premultiplied(image))
    span = max(1.0 - params.threshold, 1e-3)
    lit = source * np.clip((luma(source) - params.threshold) / span, 0.0, 1.0)
    light = blur(lit, params.radius) * np.float32(params.amount)
    return map_pixels(image, lambda color, light: 1.0 - (1.0 - color) * (1.0 - light), light)
