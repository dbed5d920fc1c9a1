"""Healing takes a scratch out of a picture with detail and touches nothing else."""

import numpy as np
import pytest
from skimage import data

from studio.core.control import RunControl
from studio.core.image import from_pixels8
from studio.edits.healing import heal


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return from_pixels8(data.astronaut()[40:240, 100:340])


def scratch(height: int, width: int, thickness: int) -> np.ndarray:
    """Coverage of a diagonal line."""
    rows, columns = np.mgrid[:height, :width]
    distance = np.abs(rows * 0.6 - columns * 0.5 + 5)
    inside = (columns > 20) & (columns < width - 20)
    return ((distance < thickness / 2) & inside).astype(np.float32)


@pytest.mark.parametrize(("thickness", "most"), [(6, 0.07), (24, 0.2)])
def test_a_scratch_disappears(photo: np.ndarray, thickness: int, most: float) -> None:
    coverage = scratch(*photo.shape[:2], thickness)
    hole = coverage > 0
    scratched = np.where(hole[..., None], 1.0, photo).astype(np.float32)
    result = heal(scratched, coverage, RunControl())
    before = np.abs(scratched - photo)[hole].mean()
    after = np.abs(result - photo)[hole].mean()
    assert after < most < before
    assert np.allclose(result[~hole], photo[~hole], atol=1e-6)


def test_soft_edges_heal_softly(photo: np.ndarray) -> None:
    coverage = scratch(*photo.shape[:2], 8) * 0.5
    scratched = np.where(coverage[..., None] > 0, 1.0, photo).astype(np.float32)
    whole = heal(scratched, np.sign(coverage), RunControl())
    half = heal(scratched, coverage, RunControl())
    assert np.allclose(half, (scratched + whole) / 2, atol=1e-3)
