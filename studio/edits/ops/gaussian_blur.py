from __future__ import annotations

from dataclasses import dataclass

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_premultiplied


@dataclass(frozen=True)
class GaussianBlur:
    sigma: float = param(4.0, "Radius", 0.0, 250.0, 0.1, "px", soft_high=50.0)


@operation(
    "gaussian_blur",
    "Gaussian blur",
    "filter",
    GaussianBlur,
    presets={"Soft": {"sigma": 1.5}, "Background": {"sigma": 30.0}},
    words="soften defocus",
)
def gaussian_blur(image: Image, params: GaussianBlur, context: EditContext) -> Image:
    """Soften the picture, edges of transparency included."""
    return map_premultiplied(image, lambda pixels: blur(pixels, params.sigma))
