"""A gradient as an ink: one color turns into another along a line or away from a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

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
    opacity: float = param(1.0, "Opacity", 0.0, 1.0, 0.01)


def gradient_ink(gradient: Gradient, colors: tuple[Color, Color], start: Point, way: Point) -> Ink:
    """From the first color at `start` to the second at `start + way`, in px; constant beyond."""
    first, second = (np.array((*color, 1.0), np.float32) for color in colors)
    if gradient.fade:
        second = np.append(first[:3], np.float32(0.0))
    if gradient.reverse:
        first, second = second, first

    def read(rect: Rect) -> Image:
        share = _share(gradient.kind, rect, start, way)[..., None]
        noise = np.random.default_rng([rect.x, rect.y]).random(share.shape, np.float32) - 0.5
        colors = first + (second - first) * share
        colors[..., :3] = np.clip(colors[..., :3] + noise * _DITHER, 0.0, 1.0)
        return colors

    return picture_ink(read)


def _share(kind: str, rect: Rect, start: Point, way: Point) -> Image:
    """How far each px lies on the way, 0 to 1: ``[H, W]``."""
    dx, dy = way
    length = max(np.hypot(dx, dy), 1e-6)
    across = np.arange(rect.x, rect.right, dtype=np.float32) + np.float32(0.5 - start[0])
    down = np.arange(rect.y, rect.bottom, dtype=np.float32)[:, None] + np.float32(0.5 - start[1])
    if kind == "radial":
        share = np.hypot(across, down) / length
    else:
        share = (across * dx + down * dy) / length**2
    clipped: Image = np.clip(share, 0.0, 1.0).astype(np.float32)
    return clipped
