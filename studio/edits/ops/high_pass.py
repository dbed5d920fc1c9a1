from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, luma, split_alpha
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_pixels, map_premultiplied


@dataclass(frozen=True)
class HighPass:
    radius: float = param(6.0, "Radius", 0.1, 250.0, 0.1, "px", soft_high=50.0)
    amount: float = param(1.0, "Contrast", 0.0, 5.0, 0.01, soft_high=3.0)
    colored: bool = param(default=False, label="Keep color")


@operation(
    "high_pass",
    "High pass",
    "filter",
    HighPass,
    presets={"Fine detail": {"radius": 2.0}, "Structure": {"radius": 30.0}},
    words="detail texture frequency separation",
)
def high_pass(image: Image, params: HighPass, context: EditContext) -> Image:
    """Keep only what is finer than the radius, on gray: lay it over with overlay to sharpen."""
    soft, _ = split_alpha(map_premultiplied(image, lambda pixels: blur(pixels, params.radius)))

    def detail(color: Image, soft: Image) -> Image:
        fine = color - soft
        if not params.colored:
            fine = np.broadcast_to(luma(fine), color.shape)
        return np.float32(0.5) + fine * np.float32(params.amount)

    return map_pixels(image, detail, soft)
