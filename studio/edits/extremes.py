"""The least or greatest px around each one, by comparing whole pictures that are shifted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image

Choose: TypeAlias = Callable[[Image, Image], Image]  # np.minimum or np.maximum


def opened(image: Image, side: int) -> Image:
    """``[H, W, ...]`` without what is brighter than around it and narrower than `side` px.

    The same as `scipy.ndimage.grey_opening` with a square, the picture's edge continued.
    """
    return in_square(in_square(image, side, np.minimum), side, np.maximum)


def closed(image: Image, side: int) -> Image:
    """The same for what is darker."""
    return in_square(in_square(image, side, np.maximum), side, np.minimum)


def in_square(image: Image, side: int, choose: Choose) -> Image:
    """The least (`np.minimum`) or greatest in a square around each px of ``[H, W, ...]``.

    Where `side` is even, one more counts before a px for the least and behind it for the greatest.
    """
    before, after = side // 2, (side - 1) // 2
    if choose is np.maximum:
        before, after = after, before
    for axis in (0, 1):
        image = _along(image, before, after, axis, choose)
    return image


def in_shape(image: Image, shape: NDArray[Any], choose: Choose) -> Image:
    """The same in any `shape` ``[h, w]`` of odd sides, its middle on the px; 0 does not count."""
    (up, left), (height, width) = (side // 2 for side in shape.shape), image.shape[:2]
    padded = np.pad(image, ((up, up), (left, left)), mode="edge")
    places = [padded[y : y + height, x : x + width] for y, x in np.argwhere(shape)]
    found = places[0].copy()
    for place in places[1:]:
        choose(found, place, out=found)  # type: ignore[call-arg]
    return found


def _along(image: Image, before: int, after: int, axis: int, choose: Choose) -> Image:
    """Over so many px before and after each one: of two, of four and so on, as wide as it goes."""
    around = [(0, 0)] * image.ndim
    around[axis] = (before, after)
    found = np.moveaxis(np.pad(image, around, mode="edge"), axis, 0)
    width, wanted = 1, before + after + 1
    while width < wanted:
        step = min(width, wanted - width)
        found = choose(found[:-step], found[step:])
        width += step
    return np.moveaxis(found, 0, axis)
