from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from studio.core.image import Image
from studio.edits.pixels import (
    blur,
    map_premultiplied,
    map_rgb,
    opaque_luma,
    premultiplied,
    resized,
    straight,
)


@given(arrays(np.float32, (3, 4, 4), elements=st.floats(0, 1, width=32)))
def test_premultiplying_is_undone_where_anything_can_be_seen(image: Image) -> None:
    back = straight(premultiplied(image))
    np.testing.assert_array_equal(back[..., 3], image[..., 3])
    seen = image[..., 3] > 0.01
    np.testing.assert_allclose(back[seen], image[seen], atol=1e-5)


def test_a_filter_takes_no_color_from_transparent_pixels() -> None:
    image = np.zeros((9, 9, 4), np.float32)
    image[..., :3] = (0.0, 0.0, 1.0)
    image[:, :4] = (1.0, 0.0, 0.0, 1.0)
    soft = map_premultiplied(image, lambda pixels: blur(pixels, 2.0))
    visible = soft[soft[..., 3] > 0.01]
    np.testing.assert_allclose(
        visible[:, :3], np.tile([1.0, 0.0, 0.0], (len(visible), 1)), atol=1e-4
    )


@pytest.mark.parametrize("sigma", [3.0, 9.0, 20.0, 60.0])
def test_a_wide_blur_is_a_gaussian_too(sigma: float) -> None:
    """A blurred step is the error function, whichever way it was computed."""
    from scipy.special import erf

    step = np.zeros((8, 600, 1), np.float32)
    step[:, 300:] = 1.0
    x = np.arange(600) - 299.5
    expected = 0.5 * (1.0 + erf(x / (sigma * np.sqrt(2.0))))
    np.testing.assert_allclose(blur(step, sigma)[4, :, 0], expected, atol=0.012)


def test_no_blur_gives_the_same_picture() -> None:
    image = np.random.default_rng(0).random((5, 6, 3), np.float32)
    assert blur(image, 0.0) is image


def test_shrinking_keeps_the_mean_and_nearest_keeps_the_values() -> None:
    image = np.random.default_rng(0).random((64, 64, 1), np.float32).round()
    assert abs(resized(image, 16, 16).mean() - image.mean()) < 0.02
    assert set(np.unique(resized(image, 100, 30, smooth=False))) == {0.0, 1.0}
    assert resized(image, 64, 64) is image


def test_gray_pictures_stay_gray() -> None:
    image = np.full((2, 2, 1), 0.5, np.float32)
    result = map_rgb(image, lambda rgb: rgb * np.array([0.0, 1.0, 0.0], np.float32))
    assert result.shape == (2, 2, 1)
    np.testing.assert_allclose(result, 0.5 * 0.7152, rtol=1e-5)


def test_transparent_pixels_count_as_average_brightness() -> None:
    image = np.zeros((1, 3, 4), np.float32)
    image[0, 0] = (0.2, 0.2, 0.2, 1.0)
    image[0, 1] = (0.6, 0.6, 0.6, 1.0)
    np.testing.assert_allclose(opaque_luma(image), [[0.2, 0.6, 0.4]], rtol=1e-5)
