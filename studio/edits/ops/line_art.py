from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.drawing import STYLES, drawn
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, opaque_luma

_WIDER = 1.6  # the second Gaussian: about a Laplacian of Gaussian (Marr, Hildreth 1980)


@dataclass(frozen=True)
class LineArt:
    width: float = param(2.0, "Line width", 0.3, 50.0, 0.1, "px", soft_high=10.0)
    detail: float = param(0.4, "Detail", 0.0, 1.0, 0.01, help="More draws fainter lines too.")
    shadows: float = param(0.15, "Fill shadows", 0.0, 1.0, 0.01, help="Dark areas become black.")
    softness: float = param(0.4, "Softness", 0.0, 1.0, 0.01)
    style: str = param("dark on white", "Style", choices=STYLES)


@operation(
    "line_art",
    "Line art",
    "filter",
    LineArt,
    presets={
        "Ink": {"softness": 0.05, "shadows": 0.6},
        "Pencil": {"softness": 1.0, "shadows": 0.1, "detail": 0.7, "width": 1.2},
        "Coloring book": {"shadows": 0.0, "width": 3.0, "detail": 0.4, "softness": 0.1},
        "Comic": {"style": "over the picture", "shadows": 0.3},
    },
    words="difference of gaussians xdog ink drawing sketch comic edges",
    fine=True,
)
def line_art(image: Image, params: LineArt, context: EditContext) -> Image:
    """Draw the picture in ink: lines where it darkens, black where it is dark.

    Winnemöller, Kyprianidis, Olsen, "XDoG" (2012), equations 5 and 7.
    """
    brightness = opaque_luma(image)[..., None]
    narrow = blur(brightness, params.width)[..., 0]
    wide = blur(brightness, params.width * _WIDER)[..., 0]
    sharpness = np.float32(4.0 + 60.0 * params.detail**2)
    level = np.float32(0.02 + 0.4 * params.shadows)
    toned = narrow + sharpness * (narrow - wide)
    paper = 0.5 + (toned - level) / np.float32(0.02 + 0.6 * params.softness)
    return drawn(image, np.clip(1.0 - paper, 0.0, 1.0), params.style)
