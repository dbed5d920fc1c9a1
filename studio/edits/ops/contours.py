from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.drawing import STYLES, drawn
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Tile, blur, map_tiles, opaque_luma

_FLATTEST = 1e-4  # brightness per px below which no line is drawn: it would be a blot


@dataclass(frozen=True)
class Contours:
    lines: int = param(8, "Lines", 1, 64, help="At how many brightnesses.")
    smoothing: float = param(5.0, "Smoothing", 0.5, 200.0, 0.1, "px", soft_high=40.0)
    thickness: float = param(1.5, "Thickness", 0.5, 20.0, 0.1, "px", soft_high=6.0)
    style: str = param("dark on white", "Style", choices=STYLES)


@operation(
    "contours",
    "Contour lines",
    "segment",
    Contours,
    presets={
        "Map": {"lines": 20, "smoothing": 10.0, "thickness": 1.0},
        "One outline": {"lines": 1, "thickness": 3.0},
        "Over the picture": {"style": "over the picture"},
    },
    words="isolines topographic map height level lines",
    fine=True,
)
def contours(image: Image, params: Contours, context: EditContext) -> Image:
    """Draw lines of equal brightness, as a map shows heights."""
    height = blur(opaque_luma(image)[..., None], params.smoothing)

    def inked(tile: Tile) -> Image:
        return _ink(height[tile][..., 0], params)[..., None]

    ink = map_tiles(height, inked, margin=1)[..., 0]
    return drawn(image, ink, params.style)


def _ink(height: Image, params: Contours) -> Image:
    """How much of each px ``[H, W]`` lies on a line, by its distance from the nearest height."""
    steps = height * np.float32(params.lines + 1)
    nearest = np.clip(np.rint(steps), 1, params.lines)
    slope = np.hypot(*_slopes(steps))
    distance = np.abs(steps - nearest) / np.maximum(slope, np.float32(_FLATTEST))
    ink: Image = np.clip(params.thickness / 2.0 + 0.5 - distance, 0.0, min(1.0, params.thickness))
    return ink


def _slopes(plane: Image) -> tuple[Image, Image]:
    """Differences per px, down and across; zero along a side of one px."""
    down, across = (
        np.gradient(plane, axis=axis) if plane.shape[axis] > 1 else np.zeros_like(plane)
        for axis in (0, 1)
    )
    return down, across
