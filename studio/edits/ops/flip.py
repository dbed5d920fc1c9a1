from __future__ import annotations

from dataclasses import dataclass

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, Placed, operation


@dataclass(frozen=True)
class Flip:
    direction: str = param("horizontal", "Direction", choices=("horizontal", "vertical", "both"))


@operation(
    "flip",
    "Flip",
    "geometry",
    Flip,
    geometric=True,
    presets={"Upside down": {"direction": "vertical"}},
    words="mirror reflect",
)
def flip(image: Image, params: Flip, context: EditContext) -> Placed:
    """Mirror the picture left to right, top to bottom, or both."""
    if params.direction != "horizontal":
        image = image[::-1]
    if params.direction != "vertical":
        image = image[:, ::-1]
    return Placed(image)
