"""Exports are exact, marked, atomic and hold nothing private; recipes come back."""

from __future__ import annotations

import getpass
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from studio.codec.read import read_image, read_pixels8
from studio.codec.recipe import KEY, MAX_BYTES, _parsed, read_recipe, source_type
from studio.codec.write import (
    ICONS,
    WRITABLE,
    WriteOptions,
    encode_image,
    write_icon,
    write_image,
)
from studio.core.image import Image, to_pixels8
from studio.errors import StudioError
from tests.support.pictures import gradient

RECIPE = {
    "schema": 1,
    "source": "trainedAlgorithmicMedia",
    "document": {"layers": [{"name": "Gänse 鹅", "z": list(range(700))}]},
}


def with_alpha(size: int = 32) -> Image:
    alpha = np.linspace(0, 1, size, dtype=np.float32)[None, :, None].repeat(size, 0)
    return np.concatenate([gradient(0, size), alpha], axis=2)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_lossless_formats_are_exact(tmp_path: Path, suffix: str, channels: int) -> None:
    image = with_alpha()[..., :channels]
    write_image(tmp_path / f"a{suffix}", image)
    assert np.array_equal(read_pixels8(tmp_path / f"a{suffix}"), to_pixels8(image))


def test_jpeg_puts_transparency_on_white(tmp_path: Path) -> None:
    image = np.zeros((16, 16, 4), np.float32)
    image[:, 8:, 3] = 1.0
    write_image(tmp_path / "a.jpg", image)
    pixels = read_pixels8(tmp_path / "a.jpg")
    assert pixels[:, :6].min() > 240
    assert pixels[:, 10:].max() < 15


def test_jpeg_holds_any_amount_of_detail(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).random((480, 640, 3), np.float32)
    write_image(tmp_path / "noise.jpg", noise)
    assert read_image(tmp_path / "noise.jpg").shape == noise.shape


def test_webp_keeps_transparency(tmp_path: Path) -> None:
    write_image(tmp_path / "a.webp", with_alpha())
    assert np.abs(read_image(tmp_path / "a.webp")[..., 3] - with_alpha()[..., 3]).max() < 0.01


@pytest.mark.parametrize("suffix", sorted(WRITABLE))
def test_recipe_comes_back_from_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_image(path, gradient(0), RECIPE)
    assert read_recipe(path) == RECIPE


@pytest.mark.parametrize("suffix", sorted(WRITABLE))
def test_generated_pixels_are_marked_and_srgb(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_image(path, gradient(0), RECIPE)
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in path.read_bytes()
    with Pillow.open(path) as picture:
        assert picture.info["icc_profile"]
    write_image(path, gradient(0))
    assert b"digitalsourcetype" not in path.read_bytes()


@pytest.mark.parametrize("suffix", sorted(WRITABLE))
def test_nothing_private_is_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"secret_name{suffix}"
    write_image(path, gradient(0), RECIPE)
    data = path.read_bytes()
    home = {str(Path.home()), getpass.getuser(), socket.gethostname()} - {"/root", "root", "vm"}
    for word in (str(tmp_path), "secret_name", "GPS", *home):
        assert word.encode() not in data


def test_unknown_ending(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"“\.xyz”.*\.png"):
        write_image(tmp_path / "a.xyz", gradient(0))
    assert list(tmp_path.glob("a*")) == []


def test_side_that_the_format_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="16383"):
        write_image(tmp_path / "a.webp", np.zeros((1, 16_384, 3), np.float32))


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    write_image(path, gradient(0))
    before = path.read_bytes()

    def fail(_picture: Any, target: Any, **_options: Any) -> None:
        Path(target).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Pillow.Image, "save", fail)
    with pytest.raises(StudioError, match="No space left"):
        write_image(path, gradient(1))
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.glob("*a.png*")] == ["a.png"]


def test_recipe_too_large_is_left_out_and_the_picture_still_opens(
    tmp_path: Path, expect_log
) -> None:
    expect_log("recipe was left out")
    write_image(tmp_path / "a.png", gradient(0), {"schema": 1, "x": "y" * MAX_BYTES})
    assert read_recipe(tmp_path / "a.png") is None
    assert read_pixels8(tmp_path / "a.png").shape == (64, 64, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        '{"schema": "1"}',
        '{"x": 1}',
        "[" * 100_000,
        '{"schema": 1, "x": ' + "[" * 99_999,
    ],
)
def test_recipe_of_somebody_else(tmp_path: Path, text: str) -> None:
    info = PngInfo()
    info.add_itxt(KEY, text)
    Pillow.new("RGB", (2, 2)).save(tmp_path / "a.png", pnginfo=info)
    assert read_recipe(tmp_path / "a.png") is None


def test_picture_without_recipe(tmp_path: Path) -> None:
    for suffix in WRITABLE:
        Pillow.new("RGB", (2, 2)).save(tmp_path / f"a{suffix}")
        assert read_recipe(tmp_path / f"a{suffix}") is None


@given(st.text())
def test_any_text_is_a_recipe_or_none(text: str) -> None:
    assert _parsed(text) is None or text.startswith("{")


@settings(max_examples=25)
@given(st.binary(min_size=4 * 5 * 3, max_size=4 * 5 * 3))
def test_sixteen_bit_tiff_keeps_all_of_them(tmp_path_factory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("deep") / "a.tif"
    values = np.frombuffer(data, np.uint8).reshape(4, 5, 3).astype(np.float32)
    image = (values * 256 + values[::-1]) / np.float32(65535)
    write_image(path, image, RECIPE, options=WriteOptions(deep=True))
    np.testing.assert_allclose(read_image(path), image, atol=0.6 / 65535)
    assert read_recipe(path) == RECIPE


def test_sixteen_bit_tiff_keeps_transparency_and_marking(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    for channels in (1, 4):
        image = with_alpha()[..., :channels]
        write_image(path, image, RECIPE, options=WriteOptions(deep=True))
        np.testing.assert_allclose(read_image(path), image, atol=0.6 / 65535)
        assert b"digitalsourcetype/trainedAlgorithmicMedia" in path.read_bytes()


@pytest.mark.parametrize("suffix", sorted(WRITABLE))
@pytest.mark.parametrize("deep", [False, True])
def test_metadata_is_what_was_chosen(tmp_path: Path, suffix: str, deep: bool) -> None:
    path = tmp_path / f"a{suffix}"
    write_image(path, gradient(0), RECIPE, options=WriteOptions(metadata="marking", deep=deep))
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in path.read_bytes()
    assert read_recipe(path) is None
    write_image(path, gradient(0), RECIPE, options=WriteOptions(metadata="none", deep=deep))
    assert b"digitalsourcetype" not in path.read_bytes()
    assert b"Latent Studio" not in path.read_bytes()


def test_quality_decides_the_size_and_the_bytes_are_those_of_the_file(tmp_path: Path) -> None:
    for suffix in (".jpg", ".webp", ".avif"):
        sizes = []
        for quality in (30, 95):
            options = WriteOptions(quality=quality)
            write_image(tmp_path / f"a{suffix}", gradient(0), RECIPE, options=options)
            data = encode_image(suffix, gradient(0), RECIPE, options)
            assert data == (tmp_path / f"a{suffix}").read_bytes()
            sizes.append(len(data))
        assert sizes[0] < sizes[1]


def test_jpeg_puts_transparency_on_the_chosen_color(tmp_path: Path) -> None:
    options = WriteOptions(background=(0.0, 0.5, 1.0))
    write_image(tmp_path / "a.jpg", np.zeros((8, 8, 4), np.float32), options=options)
    assert read_pixels8(tmp_path / "a.jpg")[4, 4].tolist() == pytest.approx([0, 128, 255], abs=3)


@pytest.mark.parametrize("suffix", sorted(ICONS))
def test_an_icon_holds_all_its_sizes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    sides = (16, 32, 128, 256)
    write_icon(path, [with_alpha(side) for side in sides])
    with Pillow.open(path) as icon:
        found = {size[0] for size in icon.info["sizes"]}
        assert found >= set(sides)
        inside = icon.icns if suffix == ".icns" else icon.ico
        picture = inside.getimage((128, 128, 1) if suffix == ".icns" else (128, 128))
        assert np.array_equal(np.asarray(picture.convert("RGBA")), to_pixels8(with_alpha(128)))
    with pytest.raises(StudioError, match="2048 × 2048"):
        write_icon(path, [np.zeros((2048, 2048, 3), np.float32)])


@pytest.mark.parametrize("suffix", sorted(WRITABLE))
@pytest.mark.parametrize("metadata", ["recipe", "marking", "none"])
def test_the_marking_is_read_back_with_or_without_a_recipe(
    tmp_path: Path, suffix: str, metadata: str
) -> None:
    path = tmp_path / f"a{suffix}"
    write_image(path, gradient(0), RECIPE, options=WriteOptions(metadata=metadata))
    assert source_type(path) == ("" if metadata == "none" else RECIPE["source"])
