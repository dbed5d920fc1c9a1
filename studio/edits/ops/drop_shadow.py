from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, to_rgba
from studio.core.param_values import Color
from studio.core.params import param
from studio.edits.operation import EditContext, Placed, operation
from studio.edits.parallel import each_band
from studio.edits.pixels import blur, straight

_REACH = 3.0  # radii after which nothing is seen of a blurred edge
_STEP = 8  # px at full size: room in whole steps is whole px in previews too
_LEAST = 1e-3  # of a step


@dataclass(frozen=True)
class DropShadow:
    distance: float = param(12.0, "Distance", 0.0, 1000.0, 0.5, "px", soft_high=100.0)
    angle: float = param(
        60.0, "Direction", -360.0, 360.0, 1.0, "°", help="Where it falls: 0 right, 90 down."
    )
    radius: float = param(8.0, "Softness", 0.0, 250.0, 0.5, "px", soft_high=60.0)
    amount: float = param(0.5, "Amount", 0.0, 1.0, 0.01)
    color: Color = param((0.0, 0.0, 0.0), "Color")


@operation(
    "drop_shadow",
    "Drop shadow",
    "art",
    DropShadow,
    geometric=True,
    surrounds=True,
    presets={
        "Paper": {"distance": 3.0, "radius": 4.0, "angle": 90.0, "amount": 0.35},
        "Floating": {"distance": 40.0, "radius": 24.0, "angle": 90.0},
        "Hard": {"distance": 10.0, "radius": 0.0, "angle": 45.0, "amount": 1.0},
        "Halo": {"distance": 0.0, "radius": 16.0, "color": "#ffffff", "amount": 1.0},
    },
    words="layer style depth cast outer glow halo",
)
def drop_shadow(image: Image, params: DropShadow, context: EditContext) -> Placed:
    """Let what is opaque cast a shadow on what lies below; the layer grows to hold it."""
    angle = math.radians(params.angle)
    away = params.distance * math.cos(angle), params.distance * math.sin(angle)
    margin = _REACH * params.radius
    left, right, top, bottom = (
        _room(margin + side * way, context.scale) for way in away for side in (-1, 1)
    )
    above = np.pad(to_rgba(image), ((top, bottom), (left, right), (0, 0)))
    across, down = map(round, away)
    cast = np.pad(above[..., 3:], ((abs(down),) * 2, (abs(across),) * 2, (0, 0)))
    height, width, _ = above.shape
    cast = cast[abs(down) - down :, abs(across) - across :][:height, :width]
    soft, ink = blur(cast, params.radius), np.asarray(params.color, np.float32)

    def work(rows: slice) -> None:
        color, alpha = above[rows, :, :3], above[rows, :, 3:]
        shade = soft[rows] * np.float32(params.amount) * (1.0 - alpha)
        both = [color * alpha + ink * shade, alpha + shade]
        above[rows] = straight(np.concatenate(both, axis=2))

    each_band(len(above), work)
    return Placed(above, -left, -top)


def _room(px: float, scale: float) -> int:
    """At least `px` beside the picture at hand."""
    steps = math.ceil(max(0.0, px) / scale / _STEP - _LEAST)
    return round(_STEP * steps * scale)
