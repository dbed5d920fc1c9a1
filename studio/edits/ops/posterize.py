from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_color


@dataclass(frozen=True)
class Posterize:
    levels: int = param(5, "Levels", 2, 32, help="How many steps each channel keeps.")


@operation("posterize", "Posterize", "color", Posterize)
def posterize(image: Image, params: Posterize, context: EditContext) -> Image:
    """Reduce each channel to a few steps, as on a screen print."""
    last = params.levels - 1
    return map_color(image, lambda color: np.round(color * last) / last)
