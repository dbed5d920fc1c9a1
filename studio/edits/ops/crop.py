from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from studio.core.image import Image, Rect
from studio.core.params import param
from studio.edits.operation import EditContext, Placed, operation


@dataclass(frozen=True)
class Crop:
    x: int = param(0, "Left", 0, 65536, unit="px", soft_high=4096)
    y: int = param(0, "Top", 0, 65536, unit="px", soft_high=4096)
    width: int = param(
        0, "Width", 0, 65536, unit="px", soft_high=4096, help="0 reaches to the right edge."
    )
    height: int = param(
        0, "Height", 0, 65536, unit="px", soft_high=4096, help="0 reaches to the bottom edge."
    )


def _inner(width: int, height: int) -> dict[str, Any]:
    """The middle of a picture, four fifths of each side."""
    x, y = width // 10, height // 10
    return {"x": x, "y": y, "width": width - 2 * x, "height": height - 2 * y}


@operation("crop", "Crop", "geometry", Crop, geometric=True, start=_inner)
def crop(image: Image, params: Crop, context: EditContext) -> Placed:
    """Keep a rectangle of the picture and drop the rest."""
    height, width, _ = image.shape
    left, top = min(params.x, width - 1), min(params.y, height - 1)
    right = min(width, left + params.width) if params.width else width
    bottom = min(height, top + params.height) if params.height else height
    kept = Rect.from_edges(left, top, right, bottom)
    return Placed(image[kept.slices], left, top)
