"""What single operations do; what all of them promise is in tests/contracts."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from studio.core.image import Image
from studio.core.raster import Raster
from studio.edits.operation import OPERATIONS, EditContext, Placed


def apply(name: str, image: Image, mask: Image | None = None, /, **params: Any) -> Image:
    return OPERATIONS[name](image, params, EditContext(mask=mask)).image


def placed(name: str, image: Image, /, **params: Any) -> Placed:
    return OPERATIONS[name](image, params, EditContext())


def noisy(height: int = 40, width: int = 60, channels: int = 3) -> Image:
    return np.random.default_rng(7).random((height, width, channels), np.float32)


def flat(*color: float, size: int = 16) -> Image:
    return np.full((size, size, len(color)), color, np.float32)


@pytest.mark.parametrize("quarters", [-4, -3, -2, -1, 0, 1, 2, 3, 4])
def test_quarter_turns_are_exact(quarters: int) -> None:
    image = noisy()
    result = placed("rotate", image, angle=90.0 * quarters)
    np.testing.assert_array_equal(result.image, np.rot90(image, -quarters))
    center = (result.x + result.image.shape[1] / 2, result.y + result.image.shape[0] / 2)
    assert center == (30.0, 20.0)


def test_rotating_turns_clockwise_around_the_middle() -> None:
    image = np.zeros((41, 41, 4), np.float32)
    image[19:22, 33:36] = 1.0  # right of the middle
    turned = placed("rotate", image, angle=89.9)
    y, x = (axis.mean() for axis in np.nonzero(turned.image[..., 3] > 0.5))
    assert x + turned.x == pytest.approx(20.0, abs=0.6)
    assert y + turned.y == pytest.approx(34.0, abs=0.6)  # now below it


def test_rotating_by_any_angle_keeps_everything_and_adds_transparency() -> None:
    result = placed("rotate", flat(0.2, 0.4, 0.6, size=50), angle=30.0)
    assert result.image.shape[2] == 4
    assert result.image[..., 3].sum() == pytest.approx(2500.0, rel=0.01)
    inside = result.image[result.image[..., 3] > 0.05]
    np.testing.assert_allclose(inside[:, :3], np.tile([0.2, 0.4, 0.6], (len(inside), 1)), atol=0.01)


def test_there_and_back_again() -> None:
    image = noisy()
    twice = apply("flip", apply("flip", image, direction="both"), direction="both")
    np.testing.assert_array_equal(twice, image)
    rolled = apply("translate", image, dx=13, dy=-5, mode="wrap")
    back = apply("translate", rolled, dx=-13, dy=5, mode="wrap")
    np.testing.assert_array_equal(back, image)
    negative = apply("invert", apply("invert", image))
    np.testing.assert_allclose(negative, image, atol=1e-6)


def test_flip_directions() -> None:
    image = noisy()
    np.testing.assert_array_equal(apply("flip", image, direction="horizontal"), image[:, ::-1])
    np.testing.assert_array_equal(apply("flip", image, direction="vertical"), image[::-1])


def test_moving_keeps_the_pixels() -> None:
    image = noisy()
    result = placed("translate", image, dx=3.5, dy=-2.0)
    assert result.image is image
    assert (result.x, result.y) == (3.5, -2.0)


def test_crop_stays_inside_the_picture() -> None:
    image = noisy(40, 60)
    result = placed("crop", image, x=50, y=30, width=100, height=5)
    np.testing.assert_array_equal(result.image, image[30:35, 50:])
    assert (result.x, result.y) == (50.0, 30.0)
    assert placed("crop", image, x=999, y=999).image.shape == (1, 1, 3)


def test_a_small_crop_stays_small_in_a_preview() -> None:
    step = {"x": 8, "y": 8, "width": 3, "height": 3}
    result = OPERATIONS["crop"](noisy(5, 8), step, EditContext(scale=0.125))
    assert result.image.shape == (1, 1, 3)


def test_a_new_crop_keeps_the_middle() -> None:
    assert OPERATIONS["crop"].starting_params(100, 50) == {
        "x": 10,
        "y": 5,
        "width": 80,
        "height": 40,
    }


def test_scaling_keeps_the_center_and_pixel_art() -> None:
    image = noisy(8, 8).round()
    result = placed("scale", image, width=300.0, height=200.0, resampling="nearest")
    np.testing.assert_array_equal(result.image, image.repeat(2, axis=0).repeat(3, axis=1))
    assert (result.x, result.y) == (-8.0, -4.0)


def test_shrinking_is_antialiased() -> None:
    stripes = np.zeros((64, 64, 1), np.float32)
    stripes[:, ::2] = 1.0
    assert apply("scale", stripes, width=25.0, height=25.0).std() < 0.05


def test_levels_stretch() -> None:
    ramp = np.linspace(0, 1, 11, dtype=np.float32).reshape(1, 11, 1)
    result = apply("levels", ramp, black=0.2, white=0.7).ravel()
    np.testing.assert_allclose(result, np.clip((ramp.ravel() - 0.2) / 0.5, 0, 1), atol=1e-6)


def test_exposure_doubles_light_per_stop() -> None:
    result = apply("exposure", flat(0.4, 0.2, 0.1), stops=1.0)
    np.testing.assert_allclose((result / flat(0.4, 0.2, 0.1)) ** 2.2, 2.0, rtol=1e-4)


def test_turning_the_hue_keeps_brightness_and_full_circle() -> None:
    image = flat(0.5, 0.4, 0.45)
    turned = apply("hue_saturation", image, hue=120.0, saturation=1.0)
    luma = np.array([0.2126, 0.7152, 0.0722])
    assert turned[0, 0] @ luma == pytest.approx(image[0, 0] @ luma, abs=1e-3)
    assert turned[0, 0].argmax() == 1  # red became green
    drained = apply("hue_saturation", image, saturation=0.0)
    assert np.ptp(drained[0, 0]) < 1e-6


def test_white_balance_warms() -> None:
    red, _, blue = apply("white_balance", flat(0.5, 0.5, 0.5), temperature=0.5)[0, 0]
    assert red > 0.5 > blue


def test_posterize_leaves_so_many_levels() -> None:
    image = noisy()
    assert len(np.unique(apply("posterize", image, levels=4, steps="each channel"))) == 4
    assert len(np.unique(apply("posterize", image[..., :1], levels=4).round(4))) == 4


def test_threshold_finds_the_level_between_two_tones() -> None:
    image = flat(0.2)
    image[:8] = 0.4
    result = apply("threshold", image)
    assert (result[:8] == 1.0).all()
    assert (result[8:] == 0.0).all()


def test_equalize_brings_out_a_faint_pattern() -> None:
    image = flat(0.5, size=64)
    image[::4] = 0.52
    assert apply("equalize", image, strength=1.0).std() > 2 * image.std()


def test_duotone_maps_black_and_white_to_the_inks() -> None:
    shadows, highlights = (0.1, 0.2, 0.3), (0.9, 0.8, 0.7)
    black = apply("duotone", flat(0, 0, 0), shadows=shadows, highlights=highlights)
    white = apply("duotone", flat(1, 1, 1), shadows=shadows, highlights=highlights)
    np.testing.assert_allclose(black[0, 0], shadows, atol=1e-5)
    np.testing.assert_allclose(white[0, 0], highlights, atol=1e-5)


def test_blur_and_sharpen_pull_apart() -> None:
    image = noisy()
    assert apply("gaussian_blur", image, sigma=2.0).std() < image.std() / 3
    soft = apply("gaussian_blur", image, sigma=1.0)
    assert apply("unsharp_mask", soft, radius=2.0).std() > soft.std()


def test_median_removes_specks_and_keeps_edges() -> None:
    image = flat(0.0, size=32)
    image[:, 16:] = 1.0
    speckled = image.copy()
    speckled[8, 8] = 1.0
    np.testing.assert_array_equal(apply("median", speckled, radius=2), image)


def test_pixelate_gives_the_mean_of_each_block() -> None:
    image = noisy(10, 12)
    result = apply("pixelate", image, size=4.0)
    np.testing.assert_allclose(result[5, 6], image[4:8, 4:8].mean(axis=(0, 1)), rtol=1e-5)
    assert len(np.unique(result[..., 0])) == 9


@pytest.mark.parametrize("name", ["denoise_tv", "denoise_bilateral"])
def test_denoising_removes_noise_but_not_edges(name: str) -> None:
    clean = flat(0.2, 0.2, 0.2, size=64)
    clean[:, 32:] = 0.8
    rough = np.clip(clean + np.random.default_rng(0).normal(0, 0.05, clean.shape), 0, 1)
    result = apply(name, rough.astype(np.float32))
    assert abs(result - clean).mean() < abs(rough - clean).mean() / 2
    assert result[:, 34:].min() - result[:, :30].max() > 0.4


@pytest.mark.parametrize(
    ("name", "atol"), [("denoise_tv", 1e-6), ("median", 0.0), ("denoise_bilateral", 0.01)]
)
def test_working_in_tiles_does_not_show(
    monkeypatch: pytest.MonkeyPatch, name: str, atol: float
) -> None:
    image = noisy(150, 170)
    params = {"radius": 2.3} if name == "denoise_bilateral" else {}
    whole = apply(name, image, **params)
    module = importlib.import_module(f"studio.edits.ops.{name}")
    monkeypatch.setattr(module, "map_tiles", partial(small_tiles, module.map_tiles))
    np.testing.assert_allclose(apply(name, image, **params), whole, atol=atol)


def small_tiles(map_tiles: Callable[..., Image], *arguments: Any, **options: Any) -> Image:
    return map_tiles(*arguments, **{**options, "side": 1})


@pytest.mark.parametrize("size", [12, 120])
def test_inpainting_continues_the_surroundings(size: int) -> None:
    """A ramp with a hole comes back as a ramp, by the careful method and by the fast one."""
    ramp = np.tile(np.linspace(0.2, 0.8, 200, dtype=np.float32)[None, :, None], (200, 1, 3))
    mask = np.zeros((200, 200, 1), np.float32)
    mask[40 : 40 + size, 40 : 40 + size] = 1.0
    damaged = np.where(mask > 0, np.float32(1.0), ramp)
    np.testing.assert_allclose(apply("inpaint", damaged, mask), ramp, atol=0.06)


def test_inpainting_continues_a_texture() -> None:
    """Stripes come back as stripes; a smooth fill would be gray there."""
    stripes = np.zeros((160, 160, 3), np.float32)
    stripes[:, np.arange(160) % 16 < 8] = (0.9, 0.7, 0.2)
    mask = np.zeros((160, 160, 1), np.float32)
    mask[60:100, 60:100] = 1.0
    damaged = np.where(mask > 0, np.float32(0.5), stripes)
    hole = mask[..., 0] > 0
    assert abs(apply("inpaint", damaged, mask) - stripes)[hole].mean() < 0.05
    assert abs(apply("inpaint", damaged, mask, fill="smooth") - stripes)[hole].mean() > 0.2


def test_inpainting_without_a_selection_changes_nothing() -> None:
    image = noisy()
    assert apply("inpaint", image) is image
    assert apply("inpaint", image, np.zeros((40, 60, 1), np.float32)) is image


@pytest.mark.parametrize("grain", [1.0, 2.0, 5.0])
def test_grain_is_as_strong_in_a_preview(grain: float) -> None:
    image = flat(0.5, size=256)
    data = {"amount": 0.1, "grain": grain}
    full = OPERATIONS["noise"](image, data, EditContext()).image
    shown = Raster.from_image(full).half().read()
    preview = OPERATIONS["noise"](image[::2, ::2], data, EditContext(scale=0.5)).image
    assert preview.std() == pytest.approx(shown.std(), rel=0.25)


def test_vignette_leaves_the_middle_alone() -> None:
    image = flat(0.5, size=65)
    result = apply("vignette", image)
    assert result[32, 32] == 0.5
    assert result[0, 0] < 0.3
    assert apply("vignette", image, amount=-0.5)[0, 0] > 0.6


def test_swirl_leaves_its_center_and_turns_the_rest() -> None:
    image = noisy(65, 65)
    result = apply("swirl", image)
    np.testing.assert_allclose(result[32, 32], image[32, 32], atol=0.02)
    assert abs(result - image).mean() > 0.05


def test_halftone_prints_as_dark_as_the_picture() -> None:
    for tone in (0.25, 0.5, 0.75):
        assert apply("halftone", flat(tone, size=96)).mean() == pytest.approx(tone, abs=0.06)


def test_edges_are_found_where_they_are() -> None:
    image = flat(0.0, size=32)
    image[:, 16:] = 1.0
    lines = apply("edges", image, style="light on black")
    assert lines[:, 15:17].min() > 0.5
    assert lines[:, :8].max() == 0.0


def test_a_shadow_falls_beside_what_casts_it_and_does_not_touch_it() -> None:
    result = placed(
        "drop_shadow",
        flat(0.9, 0.4, 0.1, 1.0, size=20),
        distance=6.0,
        angle=180.0,
        radius=0.0,
        amount=0.5,
        color=[0.0, 0.0, 1.0],
    )
    left = -int(result.x)
    assert (result.y, result.image.shape) == (0.0, (20, 20 + left, 4))
    caster, shadow = result.image[:, left:], result.image[:, left - 6 : left]
    np.testing.assert_allclose(caster, flat(0.9, 0.4, 0.1, 1.0, size=20), atol=1e-6)
    np.testing.assert_allclose(shadow, np.full((20, 6, 4), (0.0, 0.0, 1.0, 0.5)))
    assert not result.image[:, : left - 6].any()


def test_a_soft_shadow_has_room_to_fade_out() -> None:
    image = placed("drop_shadow", flat(1.0, 1.0, 1.0, 1.0), distance=10.0, radius=5.0).image
    alpha = image[..., 3]
    assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) < 0.01
