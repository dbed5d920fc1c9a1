"""THE array convention, written here and nowhere else.

*Image*: ``float32 [H, W, C]``, C in {1, 3, 4}, sRGB-encoded, straight alpha, values in [0, 1].
*Planes* are the same as ``[C, H, W]``, one channel behind the other: inside the compositor.
``uint8`` (``pixels8``) exists only at files, in tile storage and at QImage; ``[B, C, H, W]`` in
[-1, 1] (``batch``) only inside ``engine``. Convert as early as possible on the way in and as late
as possible on the way out.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.float32]
Planes: TypeAlias = NDArray[np.float32]
Pixels8: TypeAlias = NDArray[np.uint8]

# Rec. 709 luma weights: what "brightness" means throughout the studio.
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


class Rect(NamedTuple):
    """A half-open pixel rectangle: x, y, width, height in px. Empty if a side is not positive."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def is_empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    @classmethod
    def from_edges(cls, left: int, top: int, right: int, bottom: int) -> Rect:
        return cls(left, top, max(0, right - left), max(0, bottom - top))

    @classmethod
    def around(cls, rects: Iterable[Rect]) -> Rect:
        """The smallest rectangle that holds all of them; `NOWHERE` without any."""
        return reduce(cls.union, rects, NOWHERE)

    def intersect(self, other: Rect) -> Rect:
        return Rect.from_edges(
            max(self.x, other.x),
            max(self.y, other.y),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def union(self, other: Rect) -> Rect:
        """The smallest rectangle that holds both; an empty one adds nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Rect.from_edges(
            min(self.x, other.x),
            min(self.y, other.y),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def translated(self, dx: int, dy: int) -> Rect:
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def outset(self, margin: int) -> Rect:
        return Rect(
            self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin
        )

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices, to index an array whose origin is (0, 0)."""
        return slice(self.y, self.bottom), slice(self.x, self.right)


NOWHERE = Rect(0, 0, 0, 0)


def as_image(array: NDArray[Any]) -> Image:
    """Any ``[H, W]`` or ``[H, W, C]`` array of numbers or bools as an *Image*, clipped to [0, 1].

    Integers are scaled by their type's maximum. A view is returned where nothing has to change.

    Raises:
        ValueError: not two- or three-dimensional, or C not in {1, 3, 4}.
    """
    if array.ndim == 2:
        array = array[..., None]  # [H, W] -> [H, W, 1]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4):
        raise ValueError(f"not an image: shape {array.shape}")
    if np.issubdtype(array.dtype, np.integer):
        return array.astype(np.float32) / np.float32(np.iinfo(array.dtype).max)
    image = array.astype(np.float32, copy=False)
    if image.size and (image.min() < 0.0 or image.max() > 1.0 or np.isnan(image).any()):
        return np.clip(np.nan_to_num(image, nan=0.0), 0.0, 1.0)
    return image


def to_pixels8(image: Image) -> Pixels8:
    """``float32 [H, W, C]`` in [0, 1] to ``uint8``, rounded to nearest."""
    scaled = np.clip(image, 0.0, 1.0)
    scaled *= 255.0
    scaled += 0.5
    return scaled.astype(np.uint8)


def from_pixels8(pixels8: Pixels8) -> Image:
    """``uint8 [H, W, C]`` to *Image*."""
    return pixels8.astype(np.float32) * np.float32(1.0 / 255.0)


def to_rgba(image: Image) -> Image:
    """Any *Image* as ``[H, W, 4]``; grey is repeated, missing alpha is opaque."""
    if image.shape[2] == 4:
        return image
    rgb = np.broadcast_to(image, (*image.shape[:2], 3))
    return np.concatenate([rgb, np.ones((*image.shape[:2], 1), np.float32)], axis=2)


def split_alpha(image: Image) -> tuple[Image, Image | None]:
    """Color channels and the alpha channel ``[H, W, 1]``, or None where there is none."""
    if image.shape[2] == 4:
        return image[..., :3], image[..., 3:]
    return image, None


def on_white(image: Image) -> Image:
    """Any *Image* as color ``[H, W, 3]``, with white where it is transparent."""
    rgba = to_rgba(image)
    color, alpha = rgba[..., :3], rgba[..., 3:]
    seen: Image = color * alpha + (1.0 - alpha)
    return seen


def join_alpha(color: Image, alpha: Image | None) -> Image:
    """The inverse of `split_alpha`."""
    return color if alpha is None else np.concatenate([color, alpha], axis=2)


def luma(image: Image) -> Image:
    """Brightness ``[H, W, 1]`` (Rec. 709 weights on sRGB-encoded values)."""
    color, _ = split_alpha(image)
    return color if color.shape[2] == 1 else (color @ LUMA)[..., None]
