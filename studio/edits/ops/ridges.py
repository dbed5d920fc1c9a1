from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.drawing import STYLES, drawn
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Tile, map_tiles, opaque_luma

_SATO_GAIN = 12.0  # brings its answers, which are contrasts, to about [0, 1]
_FRANGI_CONTRAST = 0.02  # above this a ridge counts in full


@dataclass(frozen=True)
class Ridges:
    width: float = param(4.0, "Line width", 1.0, 60.0, 0.5, "px", soft_high=30.0)
    look_for: str = param("dark lines", "Look for", choices=("dark lines", "bright lines"))
    method: str = param(
        "soft", "Method", choices=("soft", "clean"), help="Soft is Sato's filter, clean Frangi's."
    )
    strength: float = param(1.0, "Strength", 0.0, 10.0, 0.01, soft_high=3.0)
    style: str = param("dark on white", "Style", choices=STYLES)


@operation(
    "ridges",
    "Ridges",
    "filter",
    Ridges,
    presets={
        "Veins": {"method": "clean", "width": 6.0},
        "Neon": {"look_for": "bright lines", "style": "light on black", "strength": 2.0},
    },
    words="frangi sato vessels veins lines wrinkles cracks",
    fine=True,
)
def ridges(image: Image, params: Ridges, context: EditContext) -> Image:
    """Find thin lines of a certain width: veins, wires, cracks, wrinkles."""
    brightness = opaque_luma(image)[..., None]
    sigma = max(params.width / 2.0, 0.5)
    dark = params.look_for == "dark lines"

    def found(tile: Tile) -> Image:
        part = brightness[tile][..., 0]
        if params.method == "soft":
            answer = ski.filters.sato(part, [sigma], black_ridges=dark, mode="nearest")
            answer = answer * _SATO_GAIN
        else:
            answer = ski.filters.frangi(
                part, [sigma], black_ridges=dark, gamma=_FRANGI_CONTRAST, mode="nearest"
            )
        strong: Image = answer[..., None].astype(np.float32)
        return strong

    margin = math.ceil(6.0 * sigma) + 4
    lines = map_tiles(brightness, found, margin=margin)[..., 0]
    return drawn(image, np.clip(lines * np.float32(params.strength), 0.0, 1.0), params.style)
