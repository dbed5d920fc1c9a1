from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.param_values import Color
from studio.core.params import param
from studio.edits.drawing import distance_to, painted
from studio.edits.operation import EditContext, operation
from studio.edits.parallel import each_band
from studio.edits.shapes import KINDS, shape_mask


@dataclass(frozen=True)
class DistanceGlow:
    shapes: str = param("bright parts", "Shapes are", choices=KINDS)
    level: float = param(0.85, "Level", 0.0, 1.0, 0.01, help="Where dark and bright part.")
    radius: float = param(40.0, "Radius", 1.0, 2000.0, 1.0, "px", soft_high=200.0)
    color: Color = param((1.0, 0.75, 0.25), "Color")
    amount: float = param(0.9, "Amount", 0.0, 1.0, 0.01)
    falloff: float = param(2.0, "Falloff", 0.2, 8.0, 0.1, help="Higher stays near the shape.")
    rings: int = param(0, "Rings", 0, 40, help="Steps instead of a smooth glow; 0 is smooth.")


@operation(
    "distance_glow",
    "Distance glow",
    "segment",
    DistanceGlow,
    presets={
        "Sticker border": {
            "shapes": "opaque parts",
            "color": "#ffffff",
            "radius": 16.0,
            "rings": 1,
            "amount": 1.0,
        },
        "Neon sign": {"color": "#19e3ff", "radius": 80.0, "falloff": 3.0},
        "Echo": {"rings": 6, "radius": 120.0, "falloff": 1.0},
    },
    words="outer glow outline stroke border neon distance transform",
    fine=True,
)
def distance_glow(image: Image, params: DistanceGlow, context: EditContext) -> Image:
    """Let a color glow outwards from shapes, by the distance from their edge."""
    shapes = shape_mask(image, params.shapes, params.level)
    if shapes.all() or not shapes.any():
        return image
    radius = max(params.radius, 0.5)
    far = distance_to(shapes, radius)
    glow = np.empty((*far.shape, 1), np.float32)

    def work(rows: slice) -> None:
        share = np.clip(1.0 - far[rows] / np.float32(radius), 0.0, 1.0)
        if params.rings:
            share = _steps(share * params.rings, params.radius / params.rings) / params.rings
        shine = share ** np.float32(params.falloff) * np.float32(params.amount)
        glow[rows, :, 0] = np.where(shapes[rows], 0.0, shine)

    each_band(len(glow), work)
    return painted(image, glow, params.color)


def _steps(height: Image, width: float) -> Image:
    """Rounded up to whole steps, whose edges are one px wide; a step is `width` px wide."""
    whole = np.floor(height)
    edge = np.clip((height - whole) * np.float32(max(width, 1.0)), 0.0, 1.0)
    steps: Image = whole + edge
    return steps
