"""Medians are those of scikit-image, px by px, the edges too."""

from __future__ import annotations

import numpy as np
import pytest
import skimage as ski

from studio.edits.middle import median8


@pytest.mark.parametrize("size", [(40, 50), (9, 9), (5, 60), (3, 3)])
@pytest.mark.parametrize("radius", [1, 2, 3, 5, 7])
def test_the_same_medians_as_of_scikit_image(radius: int, size: tuple[int, int]) -> None:
    plane = np.random.default_rng(radius).integers(0, 256, size, dtype=np.uint8)
    disk = ski.morphology.disk(radius)
    expected = ski.filters.rank.median(plane, disk)
    np.testing.assert_array_equal(median8(plane, disk), expected)
