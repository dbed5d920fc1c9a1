"""One picture in the forms that checks share."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from studio.core.image import LUMA, Image, Pixels8, from_pixels8
from studio.engine.health.pixels import areas

_BACKDROP = np.float32(0.5)  # what is seen through transparent parts


class Look:
    """One picture, ``uint8 [H, W, C]``; every form of it is made when it is first asked for."""

    def __init__(self, pixels: Pixels8) -> None:
        self.pixels = pixels

    @cached_property
    def color(self) -> Image:
        """``[H, W, 3]`` on a grey backdrop."""
        image = from_pixels8(self.pixels)
        if image.shape[2] == 4:
            return _BACKDROP + (image[..., :3] - _BACKDROP) * image[..., 3:]
        return np.broadcast_to(image, (*image.shape[:2], 3))

    @cached_property
    def luma(self) -> Image:
        """Brightness ``[H, W]`` on a grey backdrop."""
        return self.color @ LUMA

    @cached_property
    def visible(self) -> NDArray[np.bool_]:
        """``[H, W]``: what is not transparent."""
        if self.pixels.shape[2] < 4:
            return np.ones(self.pixels.shape[:2], bool)
        return self.pixels[..., 3] > 127

    @cached_property
    def sharpness(self) -> float:
        """The variance of the Laplacian of the brightness (Pech-Pacheco et al. 2000)."""
        return float(laplacian(self.luma).var())

    def small(self, side: int) -> Image:
        """``float32 [side, side, 3 or 4]``, whatever the shape: color on grey, and alpha if any."""
        small = reduced(self.color, side)
        if self.pixels.shape[2] < 4:
            return small
        return np.concatenate([small, reduced(from_pixels8(self.pixels[..., 3:]), side)], axis=2)


def laplacian(grey: Image) -> Image:
    """``[H - 2, W - 2]``: how much each pixel of ``[H, W]`` differs from its four neighbours."""
    neighbors: Image = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    neighbors -= np.float32(4) * grey[1:-1, 1:-1]
    return neighbors


def reduced(image: Image, side: int) -> Image:
    """``[H, W, C]`` as ``[side, side, C]``: the mean of what each cell covers."""
    height, width, channels = image.shape
    rows = areas(height, side) @ image.reshape(height, width * channels)
    across = rows.reshape(side, width, channels).transpose(0, 2, 1)  # [S, W, C] -> [S, C, W]
    small: Image = np.matmul(across, areas(width, side).T, dtype=np.float32)
    return small.transpose(0, 2, 1)  # [S, C, S] -> [S, S, C]
