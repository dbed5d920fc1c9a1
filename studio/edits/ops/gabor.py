from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image
from studio.core.params import param
from studio.edits.drawing import STYLES, drawn
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Tile, map_tiles, opaque_luma, resized

_DIRECTIONS = 6
# Of the Gaussian around a wave: where it ends, and its deviation in waves for one octave.
_DEVIATIONS, _OCTAVE = 3.0, 3.0 / math.pi * math.sqrt(math.log(2.0) / 2.0)
_FINEST = 4.0  # px of a wave: longer ones are looked for in a smaller picture

Weights: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Gabor:
    wavelength: float = param(8.0, "Wavelength", 2.0, 400.0, 0.5, "px", soft_high=60.0)
    angle: float = param(0.0, "Angle", -90.0, 90.0, 1.0, "°")
    directions: str = param("all", "Directions", choices=("all", "one"))
    strength: float = param(14.0, "Strength", 0.0, 100.0, 0.1, soft_high=40.0)
    style: str = param("light on black", "Style", choices=STYLES)


@operation(
    "gabor",
    "Texture lines (Gabor)",
    "filter",
    Gabor,
    presets={
        "Hair and fur": {"wavelength": 5.0, "strength": 20.0},
        "Bark": {"wavelength": 16.0, "strength": 16.0, "style": "dark on white"},
        "Rain": {"directions": "one", "angle": -15.0},
    },
    words="stripes orientation texture wave frequency",
    fine=True,
)
def gabor(image: Image, params: Gabor, context: EditContext) -> Image:
    """Show where the picture has stripes of one width: hair, weave, bark."""
    brightness = opaque_luma(image)
    height, width = brightness.shape
    wavelength = max(params.wavelength, 2.0)
    factor = max(1.0, wavelength / _FINEST)
    small = resized(brightness[..., None], _side(height, factor), _side(width, factor))[..., 0]
    turns = range(_DIRECTIONS) if params.directions == "all" else range(1)
    small -= small.mean()
    frequency = factor / wavelength
    angles = [math.radians(params.angle) + turn * math.pi / _DIRECTIONS for turn in turns]

    def strongest(tile: Tile) -> Image:
        answers = [_energy(small[tile], frequency, angle) for angle in angles]
        strong: Image = np.max(answers, axis=0)[..., None]
        return strong

    energy = map_tiles(small[..., None], strongest, margin=math.ceil(4.0 / frequency))
    full = resized(energy, height, width)[..., 0]
    return drawn(image, np.clip(full * np.float32(params.strength), 0.0, 1.0), params.style)


def _side(length: int, factor: float) -> int:
    return max(1, round(length / factor))


def _energy(pixels: Image, frequency: float, angle: float) -> Image:
    """How strong waves of that frequency (per px) and direction are, whatever their phase."""
    import scipy.ndimage as ndi

    (even, odd), (even_down, odd_down) = (
        _wave(frequency, angle, share) for share in (math.cos(angle), math.sin(angle))
    )

    def along(plane: Image, weights: Weights, axis: int) -> Image:
        found: Image = ndi.correlate1d(plane, weights, axis, mode="nearest")
        return found

    real, imaginary = along(pixels, even, 1), along(pixels, odd, 1)
    real, imaginary = (
        along(real, even_down, 0) - along(imaginary, odd_down, 0),
        along(real, odd_down, 0) + along(imaginary, even_down, 0),
    )
    energy: Image = np.hypot(real, imaginary)
    return energy


def _wave(frequency: float, angle: float, share: float) -> tuple[Weights, Weights]:
    """Weights along one axis, where waves have a `share` of the frequency: cosine and sine.

    A Gaussian is a product of one across and one down, and a wave of complex numbers is as well:
    the product of both axes is `skimage.filters.gabor_kernel`.
    """
    deviation = _OCTAVE / frequency
    reach = math.ceil(_DEVIATIONS * deviation * max(abs(math.cos(angle)), abs(math.sin(angle))))
    places = np.arange(-max(reach, 1), max(reach, 1) + 1)
    bell = np.exp(-0.5 * (places / deviation) ** 2) / (math.sqrt(math.tau) * deviation)
    turns = math.tau * frequency * share * places
    return bell * np.cos(turns), bell * np.sin(turns)
