from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, luma
from studio.core.param_values import Gradient
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_rgb, tone_index, tones

_DUSK = Gradient(((0.0, (0.07, 0.05, 0.2)), (0.5, (0.8, 0.3, 0.4)), (1.0, (1.0, 0.9, 0.7))))


def _stops(*colors: str) -> list[list[object]]:
    """JSON of a gradient through evenly spread ``#rrggbb`` colors."""
    last = len(colors) - 1
    return [[place / last, color] for place, color in enumerate(colors)]


@dataclass(frozen=True)
class GradientMap:
    colors: Gradient = param(_DUSK, "Colors")
    amount: float = param(1.0, "Amount", 0.0, 1.0, 0.01)


@operation(
    "gradient_map",
    "Gradient map",
    "color",
    GradientMap,
    presets={
        "Dusk": {"colors": _DUSK.to_json()},
        "Fire": {"colors": _stops("#000000", "#7a0c02", "#e8590c", "#ffd43b", "#fff9db")},
        "Ocean": {"colors": _stops("#03071e", "#023e8a", "#00b4d8", "#caf0f8")},
        "Thermal": {"colors": _stops("#0b0033", "#6a00a8", "#e16462", "#fca636", "#f0f921")},
        "Sepia": {"colors": _stops("#1b120b", "#8a6642", "#f6ead7")},
        "Poster": {"colors": _stops("#00293c", "#e3000f", "#f6d5a8")},
        "Black to white": {"colors": _stops("#000000", "#ffffff")},
    },
    words="tritone color map ramp thermal heat",
)
def gradient_map(image: Image, params: GradientMap, context: EditContext) -> Image:
    """Give each brightness the color that a gradient has there."""
    table = params.colors(tones()).astype(np.float32)
    amount = np.float32(params.amount)

    def mapped(rgb: Image) -> Raw:
        colors = table[tone_index(luma(rgb))[..., 0]]
        return rgb + (colors - rgb) * amount

    return map_rgb(image, mapped)
