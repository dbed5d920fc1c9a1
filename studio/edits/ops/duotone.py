from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, luma
from studio.core.param_values import Color
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_rgb


@dataclass(frozen=True)
class Duotone:
    shadows: Color = param((0.11, 0.08, 0.32), "Shadows")
    highlights: Color = param((1.0, 0.87, 0.66), "Highlights")
    amount: float = param(1.0, "Amount", 0.0, 1.0, 0.01)


@operation(
    "duotone",
    "Duotone",
    "color",
    Duotone,
    presets={
        "Cyanotype": {"shadows": "#0b2545", "highlights": "#eef4ed"},
        "Blue and pink": {"shadows": "#1d1a6e", "highlights": "#ff9ecb"},
        "Green and cream": {"shadows": "#0f3d2e", "highlights": "#f5eedc"},
        "Red and black": {"shadows": "#14080a", "highlights": "#ff5040"},
    },
    words="two inks risograph tint",
)
def duotone(image: Image, params: Duotone, context: EditContext) -> Image:
    """Print the picture in two inks: one for the shadows, one for the highlights."""
    dark = np.array(params.shadows, np.float32)
    bright = np.array(params.highlights, np.float32)

    def ink(rgb: Image) -> Image:
        printed = dark + luma(rgb) * (bright - dark)
        mixed: Image = rgb + (printed - rgb) * np.float32(params.amount)
        return mixed

    return map_rgb(image, ink)
