from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, join_alpha, luma, split_alpha
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Tile, blur, clipped, map_tiles, premultiplied

_LEAST = np.float32(1e-3)  # brightness that a ratio may be divided by


@dataclass(frozen=True)
class Deblur:
    radius: float = param(
        1.2, "Blur to undo", 0.3, 20.0, 0.1, "px", soft_high=6.0, help="How soft the picture is."
    )
    rounds: int = param(6, "Rounds", 1, 50, help="More is sharper, until noise and halos show.")
    calm: float = param(0.3, "Calm noise", 0.0, 1.0, 0.01)


@operation(
    "deblur",
    "Deblur (deconvolution)",
    "restore",
    Deblur,
    presets={
        "Soft lens": {"radius": 1.0, "rounds": 8},
        "Out of focus": {"radius": 3.0, "rounds": 20},
    },
    words="richardson lucy sharpen focus deconvolution unblur",
)
def deblur(image: Image, params: Deblur, context: EditContext) -> Image:
    """Undo a soft lens: find the sharp picture that, blurred, gives this one.

    Richardson 1972, Lucy 1974, with a Gaussian for the blur, on brightness alone.
    """
    color, alpha = split_alpha(image)
    bright = luma(premultiplied(image))
    margin = int(np.ceil(3.0 * params.radius * 2.0)) + 2

    def sharp(tile: Tile) -> Image:
        seen = np.maximum(bright[tile], _LEAST)
        guess = seen
        for _ in range(params.rounds):
            context.control.check()
            ratio = seen / np.maximum(blur(guess, params.radius), _LEAST)
            guess = guess * blur(ratio.astype(np.float32, copy=False), params.radius)
        return guess

    found = map_tiles(bright, sharp, margin=margin)
    gain = found / np.maximum(bright, _LEAST)
    limit = np.float32(1.0 + 3.0 * (1.0 - params.calm))
    change = (np.clip(gain, 1.0 / limit, limit) - 1.0) * _structure(bright, params)
    return join_alpha(clipped(color * (1.0 + change)), alpha)


def _structure(bright: Image, params: Deblur) -> Image:
    """Where there is something to sharpen ``[H, W, 1]``: flat areas hold only noise."""
    if params.calm == 0.0:
        return np.ones_like(bright)
    mean = blur(bright, 2.0 * params.radius)
    contrast = np.sqrt(np.maximum(blur(bright**2, 2.0 * params.radius) - mean**2, 0.0))
    share: Image = np.clip(contrast / np.float32(0.08 * params.calm), 0.0, 1.0)
    return share
