"""Lines on paper: from masks and shares of ink to a picture."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image, luma
from studio.core.param_values import Color
from studio.edits.parallel import each_band
from studio.edits.pixels import Tile, map_pixels, map_tiles, premultiplied, straight

STYLES = ("dark on white", "light on black", "over the picture")


def drawn(image: Image, lines: Image, style: str) -> Image:
    """`image` as a drawing, or with the drawing over it; `lines` ``[H, W]`` is how much ink."""
    ink = lines[..., None].astype(np.float32, copy=False)
    if style == "over the picture":
        return map_pixels(image, lambda color, ink: color * (1.0 - ink), ink)
    if style == "light on black":
        return map_pixels(image, lambda color, ink: np.broadcast_to(ink, color.shape), ink)
    return map_pixels(image, lambda color, ink: np.broadcast_to(1.0 - ink, color.shape), ink)


def thick_lines(lines: NDArray[np.bool_], thickness: float) -> Image:
    """How much ink ``[H, W]`` lines of one px make that are drawn `thickness` px wide.

    Below one px, in a preview, they get paler instead.
    """
    if thickness <= 1.0:
        return lines.astype(np.float32) * np.float32(thickness)
    reach = thickness / 2.0 + 0.5
    ink: Image = np.clip(np.float32(reach) - distance_to(lines, reach), 0.0, 1.0)
    return ink


def distance_to(shapes: NDArray[np.bool_], reach: float) -> Image:
    """How far each px ``[H, W]`` is from the nearest one of `shapes`, in px.

    Exact up to `reach`; what is farther away is at least as far.
    """
    import scipy.ndimage as ndi

    def distance(tile: Tile) -> Image:
        part = shapes[tile]
        if not part.any():
            return np.full((*part.shape, 1), reach, np.float32)
        far: Image = ndi.distance_transform_edt(~part)[..., None].astype(np.float32)
        return far

    like = np.empty((*shapes.shape, 1), np.float32)
    return map_tiles(like, distance, margin=math.ceil(reach))[..., 0]


def painted(image: Image, paint: Image, color: Color) -> Image:
    """The picture with `color` laid over it; `paint` ``[H, W, 1]`` is how much of it."""
    shade = np.array(color, np.float32)
    if image.shape[2] == 1:
        shade = luma(shade[None, None])[0, 0]
    if image.shape[2] == 4:
        shade = np.append(shade, np.float32(1.0))
    out = np.empty(image.shape, np.float32)

    def work(rows: slice) -> None:
        part = paint[rows]
        out[rows] = straight(premultiplied(image[rows]) * (1.0 - part) + shade * part)

    each_band(len(image), work)
    return out
