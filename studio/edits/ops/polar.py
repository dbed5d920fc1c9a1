from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.warping import center_of, warped


@dataclass(frozen=True)
class Polar:
    mode: str = param(
        "wrap around",
        "Mode",
        choices=("wrap around", "unroll"),
        help="Wrap around bends the rows into rings; unroll is the way back.",
    )
    middle: str = param(
        "bottom", "In the middle", choices=("bottom", "top"), help="Bottom makes a little planet."
    )
    size: float = param(
        100.0, "Size", 10.0, 400.0, 1.0, "%", soft_high=200.0, help="100 % reaches the corners."
    )
    mirror: bool = param(
        default=True, label="Hide the seam", help="Goes there and back, so that both ends meet."
    )
    turn: float = param(0.0, "Turn", -180.0, 180.0, 1.0, "°")


@operation(
    "polar",
    "Polar coordinates",
    "geometry",
    Polar,
    fine=True,
    presets={
        "Tunnel": {"middle": "top"},
        "Unroll": {"mode": "unroll", "middle": "top", "size": 70.0},
    },
    words="little planet tunnel rings warp",
)
def polar(image: Image, params: Polar, context: EditContext) -> Image:
    """Bend the rows of the picture into rings, or rings into rows."""
    height, width, _ = image.shape
    cy, cx = center_of(image)
    reach = math.hypot(height, width) / 2.0 * params.size / 100.0
    turn = math.radians(params.turn)
    flipped = params.middle == "bottom"

    def wrap(y: Image, x: Image) -> tuple[Image, Image]:
        share = np.hypot(y - cy, x - cx) / reach
        angle = (np.arctan2(x - cx, cy - y) - turn) / math.tau % 1.0
        rows = 1.0 - share if flipped else share
        columns = 1.0 - np.abs(2.0 * angle - 1.0) if params.mirror else angle
        return rows * (height - 1), columns * (width - 1)

    def unroll(y: Image, x: Image) -> tuple[Image, Image]:
        share = y / max(height - 1, 1)
        radius = reach * (1.0 - share if flipped else share)
        angle = math.tau * x / max(width - 1, 1) + turn
        return cy - radius * np.cos(angle), cx + radius * np.sin(angle)

    places = wrap if params.mode == "wrap around" else unroll
    return warped(image, places)
