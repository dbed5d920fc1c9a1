from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_color

_COARSEST = 6  # level at which grains are drawn at first: previews are seldom smaller


@dataclass(frozen=True)
class Noise:
    amount: float = param(0.06, "Amount", 0.0, 1.0, 0.01, soft_high=0.5)
    grain: float = param(1.0, "Grain size", 1.0, 20.0, 0.1, "px")
    colored: bool = param(False, "Colored")


@operation(
    "noise",
    "Film grain",
    "filter",
    Noise,
    presets={
        "Fine film": {"amount": 0.04},
        "Old film": {"amount": 0.14, "grain": 2.5},
        "Colored": {"colored": True},
    },
    words="random speckle",
)
def noise(image: Image, params: Noise, context: EditContext) -> Image:
    """Add grain, as in a photograph on film."""
    level = max(0, round(-math.log2(context.scale)))
    seed = int(context.rng.integers(2**32))

    def grainy(color: Image) -> Image:
        height, width, channels = color.shape
        white = _white_noise(height, width, channels if params.colored else 1, level, seed)
        return color + _grains(white, params.grain, context.scale) * np.float32(params.amount)

    return map_color(image, grainy)


def _grains(white: Image, size: float, scale: float) -> Image:
    """Noise of standard deviation 1 at full size, whose grains are `size` px wide at `scale`."""
    full = size / scale
    if full <= 1.0:
        return white * np.float32(scale)
    # A Gaussian blur divides the deviation of white noise by 2 sqrt(pi) sigma.
    gain = max(1.0, math.sqrt(math.pi) * full)
    # Shrinking blurs as well, but what it made of white noise is white again.
    sigma = math.sqrt((size / 2.0) ** 2 + (1.0 - scale**2) / 12.0)
    return blur(white, sigma) * np.float32(gain * scale)


def _white_noise(height: int, width: int, channels: int, level: int, seed: int) -> Image:
    """Normal noise ``[H, W, C]`` of deviation 1 at ``1 / 2**level`` of full size.

    The mean of each 2 by 2 px is half of what the next level has there, so that a preview shows
    the grains of the full size, shrunk: each level adds Haar wavelets to the one above.
    """
    rng = np.random.default_rng((seed, level))
    if level >= _COARSEST:
        return rng.standard_normal((height, width, channels), np.float32)
    rows, columns = (height + 1) // 2, (width + 1) // 2
    mean = _white_noise(rows, columns, channels, level + 1, seed)
    across, down, slanted = rng.standard_normal((3, *mean.shape), np.float32)
    noise = np.empty((rows, 2, columns, 2, channels), np.float32)
    above, below = mean + down, mean - down
    left, right = across + slanted, across - slanted
    noise[:, 0, :, 0] = above + left
    noise[:, 0, :, 1] = above - left
    noise[:, 1, :, 0] = below + right
    noise[:, 1, :, 1] = below - right
    noise *= np.float32(0.5)
    return noise.reshape(2 * rows, 2 * columns, channels)[:height, :width]
