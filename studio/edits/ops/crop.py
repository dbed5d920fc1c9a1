from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from studio.core.image import Image, Rect
from studio.core.params import param
from studio.edits.operation import EditContext, Placed, operation

_LONGEST = 65536
_REST = "What is more than the picture has is ignored."


@dataclass(frozen=True)
class Crop:
    width: int = param(_LONGEST, "Width", 1, _LONGEST, unit="px", soft_high=4096, help=_REST)
    height: int = param(_LONGEST, "Height", 1, _LONGEST, unit="px", soft_high=4096, help=_REST)
    x: int = param(0, "Left", 0, _LONGEST, unit="px", soft_high=4096)
    y: int = param(0, "Top", 0, _LONGEST, unit="px", soft_high=4096)


def _inner(width: int, height: int) -> dict[str, Any]:
    """The middle of a picture, four fifths of each side."""
    x, y = width // 10, height // 10
    return {"x": x, "y": y, "width": width - 2 * x, "height": height - 2 * y}


@operation(
    "crop",
    "Crop",
    "geometry",
    Crop,
    geometric=True,
    start=_inner,
    words="cut trim frame",
)
def crop(image: Image, params: Crop, context: EditContext) -> Placed:
    """Keep a rectangle of the picture and drop the rest."""
    height, width, _ = image.shape
    left, top = min(params.x, width - 1), min(params.y, height - 1)
    right = min(left + max(params.width, 1), width)  # a preview may round a side to nothing
    bottom = min(top + max(params.height, 1), height)
    kept = Rect.from_edges(left, top, right, bottom)
    return Placed(image[kept.slices], left, top)
