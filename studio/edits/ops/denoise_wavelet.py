from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Tile, map_premultiplied, map_tiles

_KERNEL = np.array([1, 4, 6, 4, 1], np.float32) / np.float32(16)  # a cubic B-spline
_SCALES = 4
# How strong white noise of deviation 1 is at each scale (Starck, Murtagh 1998, table 1).
_NOISE = (0.889, 0.200, 0.086, 0.041)
_MEDIAN_TO_DEVIATION = 1.0 / 0.6745


@dataclass(frozen=True)
class DenoiseWavelet:
    strength: float = param(1.0, "Strength", 0.0, 5.0, 0.01, soft_high=3.0)
    color: float = param(
        2.0, "Color noise", 0.0, 10.0, 0.1, soft_high=5.0, help="Colored specks, relative to that."
    )


@operation(
    "denoise_wavelet",
    "Denoise (wavelets)",
    "restore",
    DenoiseWavelet,
    presets={
        "Gentle": {"strength": 0.6},
        "Strong": {"strength": 1.8},
        "Color noise only": {"strength": 0.0, "color": 4.0},
    },
    words="noise grain iso clean",
    fine=True,
)
def denoise_wavelet(image: Image, params: DenoiseWavelet, context: EditContext) -> Image:
    """Take out what is not stronger than the noise, in four sizes of detail.

    Undecimated wavelets: Starck, Murtagh, "Automatic Noise Estimation from the Multiresolution
    Support" (1998). The noise is measured in the picture.
    """
    scales = max(1, _SCALES + round(np.log2(min(context.scale, 1.0))))

    def clean(pixels: Image) -> Image:
        bright = luma(pixels)
        noise = _noise_of(bright[..., 0])
        tolerance = [noise * params.strength, noise * params.color]

        def part(tile: Tile) -> Image:
            shade = _thresholded(bright[tile], tolerance[0], scales)
            tint = pixels[tile] - bright[tile]
            if pixels.shape[2] == 1:
                return shade
            return shade + _thresholded(tint, tolerance[1], scales)

        return map_tiles(pixels, part, margin=2 ** (scales + 1), side=256)

    return map_premultiplied(image, clean)


def _noise_of(plane: Image) -> float:
    """Standard deviation of the noise, from the finest details (Donoho 1995)."""
    step = max(1, plane.size // 1_000_000)
    details = (plane - _smooth(plane[..., None], 1)[..., 0]).ravel()[::step]
    return float(np.median(np.abs(details))) * _MEDIAN_TO_DEVIATION / _NOISE[0]


def _thresholded(pixels: Image, noise: float, scales: int) -> Image:
    """Each scale's details, shrunk by three deviations of its noise, and what is coarser."""
    clean = np.zeros_like(pixels)
    for scale in range(scales):
        coarse = _smooth(pixels, 2**scale)
        detail = pixels - coarse
        limit = np.float32(3.0 * noise * _NOISE[scale])
        clean += detail - np.clip(detail, -limit, limit)
        pixels = coarse
    return clean + pixels


def _smooth(pixels: Image, step: int) -> Image:
    """With the spline's kernel, its points `step` px apart."""
    for axis in (0, 1):
        around = [(0, 0), (0, 0), (0, 0)]
        around[axis] = (2 * step, 2 * step)
        padded = np.pad(pixels, around, mode="reflect")
        pixels = _shifted(padded, pixels.shape, axis, 0) * _KERNEL[0]
        for place in range(1, len(_KERNEL)):
            pixels += _shifted(padded, pixels.shape, axis, place * step) * _KERNEL[place]
    return pixels


def _shifted(padded: Image, shape: tuple[int, ...], axis: int, by: int) -> Image:
    first = [0, 0]
    first[axis] = by
    return padded[first[0] : first[0] + shape[0], first[1] : first[1] + shape[1]]
