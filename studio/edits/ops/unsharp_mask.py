from __future__ import annotations

from dataclasses import dataclass

from studio.core.image import Image, split_alpha
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_pixels, map_premultiplied


@dataclass(frozen=True)
class UnsharpMask:
    radius: float = param(2.0, "Radius", 0.1, 100.0, 0.1, "px", soft_high=20.0)
    amount: float = param(1.0, "Amount", 0.0, 5.0, 0.01, soft_high=3.0)


@operation(
    "unsharp_mask",
    "Sharpen",
    "filter",
    UnsharpMask,
    presets={
        "For the screen": {"radius": 1.0, "amount": 0.8},
        "For print": {"radius": 2.5, "amount": 1.3},
        "Local contrast": {"radius": 40.0, "amount": 0.3},
    },
    words="sharpen sharpness clarity",
)
def unsharp_mask(image: Image, params: UnsharpMask, context: EditContext) -> Image:
    """Sharpen by adding what a blur would take away."""
    soft, _ = split_alpha(map_premultiplied(image, lambda pixels: blur(pixels, params.radius)))
    return map_pixels(image, lambda color, soft: color + (color - soft) * params.amount, soft)
