from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_planes, map_premultiplied, map_tiles

# Enough for the eye; convergence to the last digit takes ten times as long.
_ITERATIONS = 25
_STEP = np.float32(0.25)


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

    def filtered(pixels: Image) -> Image:
        return map_tiles(
            pixels,
            lambda tile: map_planes(pixels[tile], lambda plane: _smoothed(plane, weight)),
            margin=_ITERATIONS + 1,
        )

    return map_premultiplied(image, filtered)


def _smoothed(plane: Image, weight: float) -> Image:
    """What differs least from ``[H, W]`` while its slopes, times `weight`, add up to little.

    Chambolle 2004, "An algorithm for total variation minimization", as
    `skimage.restoration.denoise_tv_chambolle` has it. Each iteration reaches one px further.
    """
    scale = np.float32(_STEP / weight)
    image = plane * scale
    found, squares, norm = image.copy(), np.empty_like(image), np.empty_like(image)
    down, across, slope_down, slope_across = (np.zeros_like(image) for _ in range(4))
    for _ in range(_ITERATIONS - 1):
        np.subtract(found[1:], found[:-1], out=slope_down[:-1])
        np.subtract(found[:, 1:], found[:, :-1], out=slope_across[:, :-1])
        np.multiply(slope_down, slope_down, out=norm)
        norm += np.multiply(slope_across, slope_across, out=squares)
        np.sqrt(norm, out=norm)
        norm += 1.0
        np.reciprocal(norm, out=norm)
        down -= slope_down
        down *= norm
        across -= slope_across
        across *= norm
        np.add(down, across, out=found)
        found[1:] -= down[:-1]
        found[:, 1:] -= across[:, :-1]
        found *= -_STEP
        found += image
    return found / scale
