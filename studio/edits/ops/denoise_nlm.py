from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_premultiplied, map_tiles

_PATCH = 5  # px
_DISTANCE = 6  # px around each px that likenesses are looked for in


@dataclass(frozen=True)
class DenoiseNlm:
    strength: float = param(0.08, "Strength", 0.01, 1.0, 0.01, soft_high=0.3)
    reach: int = param(
        _DISTANCE, "Reach", 1, 20, 1, "px", help="How far to look for alike spots: farther is slow."
    )


@operation(
    "denoise_nlm",
    "Denoise (non-local means)",
    "restore",
    DenoiseNlm,
    presets={"Gentle": {"strength": 0.04}, "Strong": {"strength": 0.16}},
    words="noise grain texture patches clean",
)
def denoise_nlm(image: Image, params: DenoiseNlm, context: EditContext) -> Image:
    """Average spots that look alike: noise goes, texture stays. Takes its time."""
    reach = max(1, params.reach)
    strength = max(params.strength * np.sqrt(context.scale), 0.005)

    def clean(pixels: Image) -> Image:
        return map_tiles(
            pixels,
            lambda tile: _averaged(pixels[tile], reach, strength),
            margin=reach + _PATCH,
            side=256,
        )

    return map_premultiplied(image, clean)


def _averaged(pixels: Image, reach: int, strength: float) -> Image:
    """Padded, as scikit-image wants at least a patch; and one channel it wants to be none."""
    height, width, channels = pixels.shape
    padding = ((0, max(0, _PATCH - height)), (0, max(0, _PATCH - width)), (0, 0))
    padded = np.pad(pixels, padding, mode="edge")
    axis = None if channels == 1 else 2
    result = ski.restoration.denoise_nl_means(
        padded[..., 0] if axis is None else padded, _PATCH, reach, strength, channel_axis=axis
    )
    averaged: Image = result.reshape(padded.shape)[:height, :width].astype(np.float32)
    return averaged
