"""Formats that need more than Pillow: deep color, PSD, HEIC."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile

from studio.codec.deep_tiff import soft_clipped
from studio.codec.read import read_image, read_raster
from studio.core.image import to_pixels8
from studio.errors import StudioError
from tests.support.pictures import gradient


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("kind", [np.uint16, np.float32, np.float16])
def test_deep_color_keeps_its_precision(tmp_path: Path, kind: type, planar: str) -> None:
    image = gradient(1, 20)[:, :15]
    values = (image * 65535).astype(kind) if kind is np.uint16 else image.astype(kind)
    stored = np.moveaxis(values, 2, 0) if planar == "separate" else values
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", planarconfig=planar)
    np.testing.assert_allclose(read_image(tmp_path / "a.tif"), image, atol=1e-3)
    assert not read_raster(tmp_path / "a.tif").is_8bit


def test_premultiplied_color_becomes_straight_and_the_picture_upright(tmp_path: Path) -> None:
    pixels = np.zeros((2, 3, 4), np.uint16)
    pixels[0, 2] = (20_000, 10_000, 0, 40_000)
    turned = [(274, 3, 1, 6, True)]  # the first row is at the right
    tifffile.imwrite(
        tmp_path / "a.tif", pixels, photometric="rgb", extrasamples=["assocalpha"], extratags=turned
    )
    image = read_image(tmp_path / "a.tif")
    assert image.shape == (3, 2, 4)
    np.testing.assert_allclose(image[2, 1], [0.5, 0.25, 0, 40_000 / 65535], atol=1e-4)


def test_light_beyond_white_is_compressed_not_cut() -> None:
    values = np.array([0.0, 0.5, 0.9, 1.0, 2.0, 8.0])
    clipped = soft_clipped(values)
    np.testing.assert_array_equal(clipped[:3], values[:3].astype(np.float32))
    assert np.all(np.diff(clipped) >= 0)
    assert 0.95 < clipped[3] < clipped[4] <= 1.0
    np.testing.assert_array_equal(soft_clipped(values[:4]), values[:4].astype(np.float32))


def psd(pixels: np.ndarray) -> bytes:
    """A Photoshop file without layers, uncompressed."""
    height, width, channels = pixels.shape
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, channels, height, width, 8, 3)
    return head + bytes(12) + b"\0\0" + np.moveaxis(pixels, 2, 0).tobytes()


def test_a_psd_is_read_flattened(tmp_path: Path) -> None:
    pixels = to_pixels8(gradient(2, 20))
    (tmp_path / "a.psd").write_bytes(psd(pixels))
    np.testing.assert_array_equal(to_pixels8(read_image(tmp_path / "a.psd")), pixels)


def test_heic_without_the_extra_is_one_sentence_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    (tmp_path / "a.heic").write_bytes(b"x")
    with pytest.raises(StudioError, match=r"“a\.heic” is a HEIC.*JPEG"):
        read_image(tmp_path / "a.heic")


@pytest.mark.parametrize("suffix", [".tif", ".psd"])
def test_cut_off_files_are_named(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cut{suffix}"
    if suffix == ".psd":
        path.write_bytes(psd(to_pixels8(gradient(2, 20)))[:600])
    else:
        tifffile.imwrite(path, np.zeros((20, 20, 3), np.uint16), photometric="rgb")
        path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(StudioError, match="“cut"):
        read_image(path)
