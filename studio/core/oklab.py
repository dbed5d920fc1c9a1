"""Oklab: lightness and two color axes in which distances are about as large as they look.

Ottosson 2020, "A perceptual color space for image processing".
"""

from __future__ import annotations

import numpy as np

from studio.core.image import Image

_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
).T
_AXES = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
).T
_BACK_TO_CONES, _BACK_TO_LIGHT = np.linalg.inv(_AXES), np.linalg.inv(_CONES)


def to_oklab(color: Image) -> Image:
    """Colors ``[..., 3]`` (sRGB) as lightness in [0, 1] and two axes around 0."""
    light = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
    lab: Image = np.cbrt(light.astype(np.float32) @ _CONES) @ _AXES
    return lab


def from_oklab(lab: Image) -> Image:
    """The inverse; what no screen can show is clipped."""
    light = np.clip((lab @ _BACK_TO_CONES) ** 3 @ _BACK_TO_LIGHT, 0.0, 1.0)
    color = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    srgb: Image = color.astype(np.float32)
    return srgb
