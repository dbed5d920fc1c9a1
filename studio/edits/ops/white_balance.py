from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import LUMA, Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_rgb


@dataclass(frozen=True)
class WhiteBalance:
    temperature: float = param(
        0.3, "Temperature", -1.0, 1.0, 0.01, help="Positive is warmer, negative cooler."
    )
    tint: float = param(0.0, "Tint", -1.0, 1.0, 0.01, help="Positive is pinker, negative greener.")


@operation(
    "white_balance",
    "White balance",
    "color",
    WhiteBalance,
    presets={
        "Warmer": {"temperature": 0.3},
        "Cooler": {"temperature": -0.3},
        "Less green": {"temperature": 0.0, "tint": 0.3},
    },
    words="temperature tint kelvin warm cold",
)
def white_balance(image: Image, params: WhiteBalance, context: EditContext) -> Image:
    """Make the light warmer or cooler, greener or pinker."""
    warmth, pink = 0.4 * params.temperature, 0.3 * params.tint
    gains = np.exp2(np.array([warmth + pink, -pink, -warmth + pink], np.float32))
    gains /= LUMA @ gains  # a white stays as bright as it was
    return map_rgb(image, lambda rgb: rgb * gains)
