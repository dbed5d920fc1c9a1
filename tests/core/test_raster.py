"""The tiled raster behaves like the array it was made of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.image import Rect, from_pixels8, to_pixels8, to_rgba
from studio.core.raster import TILE, Raster

sides = st.integers(1, 2 * TILE + 5)


def noise(width: int, height: int, channels: int = 4, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (height, width, channels), dtype=np.uint8)


@given(sides, sides, st.sampled_from([1, 3, 4]))
def test_reads_back_what_was_put_in(width: int, height: int, channels: int) -> None:
    pixels = noise(width, height, channels)
    raster = Raster.from_pixels8(pixels)
    assert raster.is_8bit
    assert np.array_equal(raster.pixels8(), pixels)
    assert np.array_equal(raster.read(), from_pixels8(pixels))


@given(st.integers(-300, 300), st.integers(-300, 300), sides, sides)
def test_reading_outside_is_transparent(x: int, y: int, width: int, height: int) -> None:
    pixels = noise(300, 280)
    big = np.zeros((1200, 1200, 4), np.uint8)
    big[400:680, 400:700] = pixels
    expected = big[400 + y : 400 + y + height, 400 + x : 400 + x + width]
    got = Raster.from_pixels8(pixels).pixels8(Rect(x, y, width, height))
    assert np.array_equal(got[: expected.shape[0], : expected.shape[1]], expected)


@given(st.integers(-80, 600), st.integers(-80, 600), st.integers(1, 90), st.integers(1, 90))
def test_a_patch_is_an_assignment(x: int, y: int, width: int, height: int) -> None:
    before = from_pixels8(noise(520, 520))
    patch = from_pixels8(noise(width, height, seed=1))
    after = Raster.from_image(before).with_patch(x, y, patch)
    expected = before.copy()
    area = Rect(x, y, width, height).intersect(Rect(0, 0, 520, 520))
    expected[area.slices] = patch[area.translated(-x, -y).slices]
    assert np.array_equal(after.read(), expected)


def test_a_patch_copies_only_the_tiles_it_touches() -> None:
    before = Raster.from_pixels8(noise(4 * TILE, 4 * TILE))
    after = before.with_patch(TILE + 10, 10, np.ones((20, 20, 4), np.float32))
    changed = {i for i, _ in after.tile_rects(after.rect) if after.tile(i) is not before.tile(i)}
    assert changed == {(1, 0)}
    assert np.array_equal(before.pixels8(), noise(4 * TILE, 4 * TILE))


@given(st.integers(-80, 600), st.integers(-80, 600), st.integers(1, 90), st.booleans())
def test_a_patch_reaches_the_smaller_sizes_that_are_known(x, y, side, in_8bit) -> None:
    patch = noise(side, side, seed=1)
    before = Raster.from_pixels8(noise(521, 517))
    before.level(3)
    after = before.with_patch(x, y, patch if in_8bit else from_pixels8(patch))
    assert after.is_8bit or not in_8bit
    fresh = Raster.from_pixels8(after.pixels8())
    for level in (1, 2, 3):
        difference = after.level(level).read() - fresh.level(level).read()
        assert np.abs(difference[..., 3]).max() <= level * 0.51 / 255


@given(st.integers(-2, 2), st.integers(-2, 2), sides, sides)
def test_reframing_moves_whole_tiles(columns: int, rows: int, width: int, height: int) -> None:
    raster = Raster.from_pixels8(noise(TILE + 60, TILE + 90))
    frame = raster.reframed(columns, rows, width, height)
    expected = raster.pixels8(Rect(-columns * TILE, -rows * TILE, width, height))
    assert np.array_equal(frame.pixels8(), expected)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("in_8bit", [True, False])
def test_alpha_is_added_where_it_is_patched(channels: int, in_8bit: bool) -> None:
    pixels8 = noise(530, 300, channels)
    image = from_pixels8(pixels8)
    raster = Raster.from_pixels8(pixels8) if in_8bit else Raster.from_image(image)
    raster.half()
    rgba = raster.as_rgba()
    whole = to_rgba(image)
    assert rgba.tile((0, 0)) is raster.tile((0, 0)), "no tile is copied before it is patched"
    assert np.array_equal(rgba.read(), whole)
    assert np.array_equal(rgba.pixels8(), to_pixels8(whole))
    hole = np.zeros((20, 30, 4), np.uint8 if in_8bit else np.float32)
    patched = rgba.with_patch(250, 40, hole)
    whole = whole.copy()
    whole[40:60, 250:280] = 0.0
    assert np.array_equal(patched.read(), whole)
    assert patched.tile((2, 1)) is raster.tile((2, 1))
    assert np.allclose(patched.half().read(), Raster.from_image(whole).half().read(), atol=1 / 255)
    wider = patched.reframed(1, 0, 1000, 400).read()
    assert np.array_equal(wider[:300, TILE : TILE + 530], whole)
    assert not wider[300:].any()


def test_tiles_cannot_be_written_to() -> None:
    tile = Raster.from_pixels8(noise(10, 10)).tile((0, 0))
    assert tile is not None
    with pytest.raises(ValueError, match="read-only"):
        tile[0, 0] = 0


@given(st.integers(1, 600), st.integers(1, 600))
def test_half_size_is_the_mean_of_each_square(width: int, height: int) -> None:
    pixels = noise(width, height, 3)
    even = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge").astype(float)
    mean = (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4
    half = Raster.from_pixels8(pixels).half()
    assert (half.width, half.height) == ((width + 1) // 2, (height + 1) // 2)
    assert half.is_8bit
    assert np.abs(half.pixels8().astype(float) - mean).max() <= 0.5


def test_half_size_ignores_the_color_of_transparent_pixels() -> None:
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[0, 0] = (200, 100, 50, 255)
    assert Raster.from_pixels8(pixels).half().pixels8()[0, 0].tolist() == [200, 100, 50, 64]


def test_half_size_of_bytes_and_of_floats_agree() -> None:
    pixels = noise(300, 300)
    pixels[..., 3] = 255
    bytes_half = Raster.from_pixels8(pixels).half().read()
    float_half = Raster.from_image(from_pixels8(pixels)).half().read()
    assert np.abs(bytes_half - float_half).max() <= 0.51 / 255


def test_a_raster_without_tiles_costs_nothing() -> None:
    empty = Raster(8192, 8192)
    assert empty.nbytes == 0
    assert empty.level(3).nbytes == 0
    assert not empty.read(Rect(5000, 5000, 3, 3)).any()
