"""Shapes are thinned as scikit-image thins them, px by px."""

from __future__ import annotations

import numpy as np
import pytest
import skimage as ski

from studio.core.control import Cancelled, RunControl
from studio.edits.pixels import blur
from studio.edits.thinning import Mask, skeleton_of


def shapes(seed: int, softness: float) -> Mask:
    """Specks and holes, or blots where they are blurred together."""
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 80, 2)
    specks = (rng.random((height, width, 1)) < rng.uniform(0.3, 0.95)).astype(np.float32)
    return blur(specks, softness)[..., 0] > 0.5


@pytest.mark.parametrize("softness", [0.0, 1.0, 4.0])
def test_the_same_lines_as_of_scikit_image(softness: float) -> None:
    for seed in range(20):
        shape = shapes(seed, softness)
        expected = ski.morphology.skeletonize(shape)
        np.testing.assert_array_equal(skeleton_of(shape, RunControl()), expected)


def test_the_shapes_are_left_as_they_are_and_cancel_is_heard() -> None:
    shape = np.ones((40, 60), np.bool_)
    assert skeleton_of(shape, RunControl()).sum() < 60
    assert shape.all()
    cancelled = RunControl()
    cancelled.cancel()
    with pytest.raises(Cancelled):
        skeleton_of(shape, cancelled)
