from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.warping import center_of, warped


@dataclass(frozen=True)
class Wave:
    height: float = param(12.0, "Height", 0.0, 1000.0, 0.5, "px", soft_high=100.0)
    length: float = param(120.0, "Length", 2.0, 4000.0, 1.0, "px", soft_high=800.0)
    direction: str = param(
        "both ways", "Direction", choices=("across", "down", "both ways", "rings")
    )
    phase: float = param(0.0, "Phase", -180.0, 180.0, 1.0, "°", advanced=True)


@operation(
    "wave",
    "Wave",
    "geometry",
    Wave,
    fine=True,
    presets={
        "Flag": {"height": 30.0, "length": 500.0, "direction": "across"},
        "Ripples in water": {"height": 8.0, "length": 60.0, "direction": "rings"},
        "Heat": {"height": 2.0, "length": 24.0, "direction": "down"},
    },
    words="ripple water distort zigzag",
)
def wave(image: Image, params: Wave, context: EditContext) -> Image:
    """Let waves run through the picture."""
    cy, cx = center_of(image)
    turns, phase = math.tau / max(params.length, 0.5), math.radians(params.phase)
    height = np.float32(params.height)

    def swing(along: Image) -> Image:
        moved: Image = height * np.sin(along * np.float32(turns) + np.float32(phase))
        return moved

    def places(y: Image, x: Image) -> tuple[Image, Image]:
        if params.direction == "rings":
            radius = np.hypot(y - cy, x - cx)
            push = swing(radius) / np.maximum(radius, np.float32(params.length / 4.0))
            return y + (y - cy) * push, x + (x - cx) * push
        across = swing(x) if params.direction != "down" else 0.0
        down = swing(y) if params.direction != "across" else 0.0
        return y + across, x + down

    return warped(image, places)
