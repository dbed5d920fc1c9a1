from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, Placed, operation


@dataclass(frozen=True)
class Translate:
    dx: float = param(32.0, "Right", -65536.0, 65536.0, 1.0, "px", soft_high=2048.0)
    dy: float = param(32.0, "Down", -65536.0, 65536.0, 1.0, "px", soft_high=2048.0)
    mode: str = param(
        "move",
        "Mode",
        choices=("move", "wrap"),
        help="Wrap keeps the place: what leaves on one side comes back on the other.",
    )


@operation(
    "translate",
    "Translate",
    "geometry",
    Translate,
    geometric=True,
    words="move shift offset wrap",
)
def translate(image: Image, params: Translate, context: EditContext) -> Placed:
    """Shift the picture, or roll it around its own edges."""
    if params.mode == "move":
        return Placed(image, params.dx, params.dy)
    return Placed(np.roll(image, (round(params.dy), round(params.dx)), axis=(0, 1)))
