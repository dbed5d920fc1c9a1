from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_rgb

_STRENGTH = 0.35  # how much of the range a slider moves a channel at its end


def _slider(label: str, opposite: str, start: float = 0.0, *, advanced: bool = False) -> Any:
    help_text = f"Negative is {opposite}."
    return param(start, label, -1.0, 1.0, 0.01, help=help_text, advanced=advanced)


@dataclass(frozen=True)
class ColorBalance:
    mid_red: float = _slider("Red", "cyan", 0.2)
    mid_green: float = _slider("Green", "magenta")
    mid_blue: float = _slider("Blue", "yellow", -0.2)
    dark_red: float = _slider("Dark red", "cyan", advanced=True)
    dark_green: float = _slider("Dark green", "magenta", advanced=True)
    dark_blue: float = _slider("Dark blue", "yellow", advanced=True)
    light_red: float = _slider("Light red", "cyan", advanced=True)
    light_green: float = _slider("Light green", "magenta", advanced=True)
    light_blue: float = _slider("Light blue", "yellow", advanced=True)
    keep: bool = param(default=True, label="Keep brightness")


_NEUTRAL = {"mid_red": 0.0, "mid_blue": 0.0}


@operation(
    "color_balance",
    "Color balance",
    "color",
    ColorBalance,
    presets={
        "Neutral": _NEUTRAL,
        "Teal and orange": {
            "mid_red": 0.1,
            "mid_blue": -0.1,
            "dark_red": -0.35,
            "dark_blue": 0.3,
            "light_red": 0.3,
            "light_blue": -0.3,
        },
        "Golden hour": {"mid_red": 0.3, "mid_blue": -0.35, "light_red": 0.2, "light_blue": -0.2},
        "Moonlight": {"mid_red": -0.3, "mid_blue": 0.35, "dark_blue": 0.25},
        "Old print": {"mid_red": 0.25, "mid_green": 0.05, "mid_blue": -0.3, "dark_blue": 0.1},
    },
    words="tint shadows highlights split toning grade",
)
def color_balance(image: Image, params: ColorBalance, context: EditContext) -> Image:
    """Shift the colors of shadows, middle tones and highlights, each on its own."""
    dark = _shift(params.dark_red, params.dark_green, params.dark_blue)
    middle = _shift(params.mid_red, params.mid_green, params.mid_blue)
    light = _shift(params.light_red, params.light_green, params.light_blue)

    def balanced(rgb: Image) -> Raw:
        brightness = luma(rgb)
        shadows, highlights = (1.0 - brightness) ** 2, brightness**2
        middles = np.float32(1.0) - shadows - highlights
        shifted = rgb + dark * shadows + middle * (2.0 * middles) + light * highlights
        return shifted + (brightness - luma(shifted)) if params.keep else shifted

    return map_rgb(image, balanced)


def _shift(red: float, green: float, blue: float) -> Image:
    return np.array([red, green, blue], np.float32) * np.float32(_STRENGTH)
