from __future__ import annotations

from dataclasses import dataclass

import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_planes, map_premultiplied, map_tiles

# Enough for the eye; convergence to the last digit takes ten times as long.
_ITERATIONS = 25


@dataclass(frozen=True)
class DenoiseTv:
    strength: float = param(0.1, "Strength", 0.0, 1.0, 0.01, soft_high=0.5)


@operation(
    "denoise_tv",
    "Denoise (total variation)",
    "restore",
    DenoiseTv,
    presets={"Gentle": {"strength": 0.05}, "Painting": {"strength": 0.35}},
    words="noise grain clean smooth",
)
def denoise_tv(image: Image, params: DenoiseTv, context: EditContext) -> Image:
    """Smooth noise into flat areas with clear borders, a little like a painting."""
    # The penalty is on slopes per pixel, which grow as a preview shrinks.
    weight = params.strength * context.scale
    if weight == 0.0:
        return image

    def smooth(plane: Image) -> Image:
        # Without an early stop (eps), each iteration reaches one px further, and no more.
        result: Image = ski.restoration.denoise_tv_chambolle(
            plane, weight, eps=0.0, max_num_iter=_ITERATIONS
        )
        return result

    def filtered(pixels: Image) -> Image:
        return map_tiles(
            pixels,
            lambda tile: map_planes(pixels[tile], smooth),
            margin=_ITERATIONS + 1,
        )

    return map_premultiplied(image, filtered)
