from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.edits.operation import EditContext, operation


@dataclass(frozen=True)
class Erase:
    pass


@operation(
    "erase",
    "Erase selection",
    "restore",
    Erase,
    icon="eraser",
    words="delete clear transparent cut hole",
)
def erase(image: Image, params: Erase, context: EditContext) -> Image:
    """Make the selection transparent; without a selection nothing changes."""
    return image if context.mask is None else np.zeros((*image.shape[:2], 4), np.float32)
