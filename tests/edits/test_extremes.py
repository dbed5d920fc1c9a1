"""The least and greatest around each px are those of scipy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage as ndi
import skimage as ski

from studio.core.image import Image
from studio.edits.extremes import closed, in_shape, in_square, opened


def noise() -> Image:
    return np.random.default_rng(0).random((23, 31, 3), np.float32)


@pytest.mark.parametrize("side", [1, 2, 3, 5, 6, 40])
def test_squares(side: int) -> None:
    size = (side, side, 1)
    near = {"size": size, "mode": "nearest"}
    np.testing.assert_array_equal(opened(noise(), side), ndi.grey_opening(noise(), **near))
    np.testing.assert_array_equal(closed(noise(), side), ndi.grey_closing(noise(), **near))
    least = in_square(noise(), side, np.minimum)
    np.testing.assert_array_equal(least, ndi.minimum_filter(noise(), **near))


@pytest.mark.parametrize("radius", [1, 4, 9])
def test_the_parts_of_a_disk(radius: int) -> None:
    plane = noise()[..., 0]
    for part, _ in ski.morphology.disk(radius, decomposition="sequence"):
        expected = ndi.maximum_filter(plane, footprint=part, mode="nearest")
        np.testing.assert_array_equal(in_shape(plane, part, np.maximum), expected)
