"""Moving corners: exact against scikit-image, and the special cases that need no resampling."""

import numpy as np
import pytest
from skimage.filters import gaussian
from skimage.transform import AffineTransform, ProjectiveTransform, warp

from studio.core.image import Image
from studio.edits.operation import OPERATIONS, EditContext, Placed
from studio.errors import StudioError

HEIGHT, WIDTH = 40, 60
CORNERS = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], float)


def picture(channels: int = 4) -> Image:
    image = np.random.default_rng(0).random((HEIGHT, WIDTH, channels), np.float32)
    image[..., 3:] = 1.0
    return image


def moved(image: Image, corners: np.ndarray, **params: object) -> Placed:
    offsets = (np.asarray(corners, float) - CORNERS).ravel()
    names = (f"{axis}{number}" for number in range(1, 5) for axis in "xy")
    data = {**dict(zip(names, map(float, offsets), strict=True)), **params}
    return OPERATIONS["free_transform"](image, data, EditContext())


def by_skimage(image: Image, transform: ProjectiveTransform, placed: Placed) -> Image:
    """The same by scikit-image's own words; it counts from the middle of the first px."""
    to_middle = AffineTransform(translation=(-0.5, -0.5))
    from_corner = AffineTransform(translation=(placed.x + 0.5, placed.y + 0.5))
    back = from_corner + ProjectiveTransform(transform.inverse.params) + to_middle
    planes = [
        warp(plane, back, output_shape=placed.image.shape[:2], order=3, mode="edge", clip=False)
        for plane in np.moveaxis(image, 2, 0)
    ]
    return np.stack(planes, axis=2)


@pytest.mark.parametrize(
    "corners",
    [
        CORNERS * 1.5 + np.array((3, -7)),
        [(90, 0), (0.5, 0), (0.5, 60), (90, 60)],
        [(0, 80), (0, 0), (50, 0), (50, 80)],
        [(0, 0), (60, 0), (80, 40), (20, 40)],
        [(10, 5), (58, -6), (75, 60), (-4, 44)],
    ],
    ids=["scale", "mirror", "quarter turn", "skew", "perspective"],
)
def test_is_what_scikit_image_makes_of_it(corners) -> None:
    image = picture()
    placed = moved(image, corners)
    corners = np.asarray(corners, float)
    transform = ProjectiveTransform.from_estimate(CORNERS, corners)
    expected = by_skimage(image, transform, placed)
    row, column = np.mgrid[: expected.shape[0], : expected.shape[1]] + 0.5
    back = transform.inverse(np.stack([column + placed.x, row + placed.y], axis=-1).reshape(-1, 2))
    x, y = back.T.reshape(2, *expected.shape[:2])
    shown = (x > 1) & (x < WIDTH - 1) & (y > 1) & (y < HEIGHT - 1)
    assert shown.sum() > 1500
    np.testing.assert_allclose(placed.image[shown, 3], 1.0, atol=1e-5)
    np.testing.assert_allclose(placed.image[shown, :3], expected[shown, :3].clip(0, 1), atol=1e-4)
    hidden = (x < -2) | (x > WIDTH + 2) | (y < -2) | (y > HEIGHT + 2)
    assert not placed.image[hidden, 3].any()
    following = np.roll(corners, -1, axis=0)
    doubled = corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0]
    area = abs(doubled.sum()) / 2
    assert placed.image[..., 3].sum() == pytest.approx(area, rel=2e-3)


def test_a_quarter_turn_moves_pixels_and_blends_none() -> None:
    image = picture()
    middle = np.array((WIDTH, HEIGHT)) / 2
    turned = (CORNERS - middle) @ np.array([(0, 1), (-1, 0)]) + middle
    placed = moved(image, turned)
    np.testing.assert_allclose(placed.image, np.rot90(image, -1), atol=1e-5)
    assert (placed.x, placed.y) == (10, -10)


@pytest.mark.parametrize("channels", [3, 4])
def test_mirrored_pictures_keep_their_pixels(channels: int) -> None:
    image = picture(channels)
    placed = moved(image, CORNERS[[1, 0, 3, 2]] + 4)
    np.testing.assert_array_equal(placed.image, image[:, ::-1])
    assert (placed.x, placed.y) == (4, 4)


def test_a_smaller_picture_is_blurred_first_as_in_scikit_image() -> None:
    image = picture()
    placed = moved(image, CORNERS / 2)
    planes = np.moveaxis(image, 2, 0)
    soft = np.stack([gaussian(plane, 0.5, mode="nearest") for plane in planes], axis=2)
    expected = by_skimage(soft, AffineTransform(scale=0.5), placed)
    np.testing.assert_allclose(placed.image[1:-1, 1:-1], expected[1:-1, 1:-1], atol=1e-5)


def test_moving_all_corners_alike_by_whole_px_keeps_the_pixels() -> None:
    image = picture(3)
    placed = moved(image, CORNERS + np.array((5, -3)))
    assert placed.image is image
    assert (placed.x, placed.y) == (5, -3)


def test_smaller_pictures_are_antialiased_unless_pixels_stay_hard() -> None:
    stripes = np.zeros((HEIGHT, WIDTH, 1), np.float32)
    stripes[:, ::2] = 1
    small = CORNERS / 4
    smooth, hard = moved(stripes, small), moved(stripes, small, resampling="nearest")
    assert smooth.image[3:-3, 3:-3, 0] == pytest.approx(0.5, abs=0.12)
    assert set(np.unique(hard.image[..., 0])) <= {0.0, 1.0}


def test_corners_on_one_line_are_refused() -> None:
    with pytest.raises(StudioError, match="line"):
        moved(picture(), [(0, 0), (60, 0), (30, 0), (0, 40)])
