"""Lines on paper: from masks and shares of ink to a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image, luma
from studio.core.param_values import Color
from studio.edits.pixels import map_color, premultiplied, straight

STYLES = ("dark on white", "light on black", "over the picture")


def drawn(image: Image, lines: Image, style: str) -> Image:
    """`image` as a drawing, or with the drawing over it; `lines` ``[H, W]`` is how much ink."""
    ink = lines[..., None].astype(np.float32, copy=False)
    if style == "over the picture":
        return map_color(image, lambda color: color * (1.0 - ink))
    paper = ink if style == "light on black" else 1.0 - ink
    return map_color(image, lambda color: np.broadcast_to(paper, color.shape))


def thick_lines(lines: NDArray[np.bool_], thickness: float) -> Image:
    """How much ink ``[H, W]`` lines of one px make that are drawn `thickness` px wide.

    Below one px, in a preview, they get paler instead.
    """
    import scipy.ndimage as ndi

    if not lines.any():
        return np.zeros(lines.shape, np.float32)
    if thickness <= 1.0:
        return lines.astype(np.float32) * np.float32(thickness)
    distance = ndi.distance_transform_edt(~lines).astype(np.float32)
    ink: Image = np.clip(np.float32(thickness / 2.0 + 0.5) - distance, 0.0, 1.0)
    return ink


def painted(image: Image, paint: Image, color: Color) -> Image:
    """The picture with `color` laid over it; `paint` ``[H, W, 1]`` is how much of it."""
    shade = np.array(color, np.float32)
    if image.shape[2] == 1:
        shade = luma(shade[None, None])[0, 0]
    if image.shape[2] == 4:
        shade = np.append(shade, np.float32(1.0))
    return straight(premultiplied(image) * (1.0 - paint) + shade * paint)
