"""A gradient as an ink: one color turns into another along a line or away from a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from studio.core.fill import GradientFill, Shape
from studio.core.image import Image, Rect
from studio.core.painting.inks import Ink, picture_ink
from studio.core.param_values import Color
from studio.core.params import param

Point: TypeAlias = tuple[float, float]  # px

_DITHER = np.float32(1.0 / 255.0)  # so that 8 bits show no bands


@dataclass(frozen=True, slots=True)
class Gradient:
    """How a gradient is drawn; between which colors and where comes with the drag."""

    kind: str = param("linear", "Shape", choices=("linear", "radial"))
    fade: bool = param(
        default=False, label="To transparent", help="Instead of to the background color."
    )
    reverse: bool = param(default=False, label="Reverse")
    opacity: int = param(100, "Opacity", 0, 100, unit="%")


def gradient_ink(gradient: Gradient, colors: tuple[Color, Color], start: Point, end: Point) -> Ink:
    """From the first color at `start` to the second at `end`, in px; constant beyond."""
    first, second = ((*color, 1.0) for color in colors)
    if gradient.fade:
        second = (*colors[0], 0.0)
    if gradient.reverse:
        first, second = second, first
    shape: Shape = "radial" if gradient.kind == "radial" else "linear"
    fill = GradientFill(((0.0, first), (1.0, second)), shape, start, end)

    def read(rect: Rect) -> Image:
        picture = fill.image(rect, 1, 1)  # of a page of one px: places are in px then
        noise = np.random.default_rng([abs(rect.x), abs(rect.y)])
        shift = (noise.random((rect.height, rect.width, 1), np.float32) - 0.5) * _DITHER
        picture[..., :3] = np.clip(picture[..., :3] + shift, 0.0, 1.0)
        return picture

    return picture_ink(read)
