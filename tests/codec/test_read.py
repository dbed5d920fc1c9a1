"""Every odd picture is normalized; every bad file is one sentence that names it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from studio.codec import read
from studio.codec.read import read_image, read_pixels8, read_raster
from studio.core.image import to_pixels8
from studio.errors import StudioError
from tests.support.pictures import gradient

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def corners() -> Pillow.Image:
    """4 × 2 px: red and green on top, blue and white below, in blocks."""
    pixels = np.zeros((8, 16, 3), np.uint8)
    pixels[:4, :8], pixels[:4, 8:], pixels[4:, :8], pixels[4:, 8:] = RED, GREEN, BLUE, 255
    return Pillow.fromarray(pixels)


def photo() -> Pillow.Image:
    return Pillow.fromarray(to_pixels8(gradient(3, 48)))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int) -> None:
    stored = {
        1: (),
        2: (Pillow.Transpose.FLIP_LEFT_RIGHT,),
        3: (Pillow.Transpose.ROTATE_180,),
        4: (Pillow.Transpose.FLIP_TOP_BOTTOM,),
        5: (Pillow.Transpose.TRANSPOSE,),
        6: (Pillow.Transpose.ROTATE_90,),
        7: (Pillow.Transpose.TRANSVERSE,),
        8: (Pillow.Transpose.ROTATE_270,),
    }[orientation]
    picture = corners()
    for method in stored:
        picture = picture.transpose(method)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "turned.png", exif=exif)
    assert np.array_equal(read_pixels8(tmp_path / "turned.png"), np.asarray(corners()))


def test_palette_with_transparent_entry(tmp_path: Path) -> None:
    picture = Pillow.new("P", (2, 1))
    picture.putpalette([*RED, *GREEN])
    picture.putdata([0, 1])
    picture.save(tmp_path / "p.png", transparency=1)
    pixels = read_pixels8(tmp_path / "p.png")
    assert pixels[0, 0].tolist() == [*RED, 255]
    assert pixels[0, 1, 3] == 0


def test_opaque_palette_is_plain_color(tmp_path: Path) -> None:
    picture = Pillow.new("P", (2, 1))
    picture.putpalette([*RED, *BLUE])
    picture.putdata([0, 1])
    picture.save(tmp_path / "p.png")
    assert read_pixels8(tmp_path / "p.png").tolist() == [[list(RED), list(BLUE)]]


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_grey_with_alpha(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"la{suffix}"
    Pillow.merge("LA", (Pillow.new("L", (3, 2), 100), Pillow.new("L", (3, 2), 50))).save(path)
    assert read_pixels8(path)[1, 2].tolist() == [100, 100, 100, 50]


def test_grey_and_bilevel_have_one_channel(tmp_path: Path) -> None:
    Pillow.new("L", (3, 2), 77).save(tmp_path / "l.png")
    Pillow.new("1", (3, 2), 1).save(tmp_path / "b.png")
    assert read_pixels8(tmp_path / "l.png").tolist() == [[[77]] * 3] * 2
    assert read_pixels8(tmp_path / "b.png").tolist() == [[[255]] * 3] * 2


def test_grey_with_keyed_transparency(tmp_path: Path) -> None:
    picture = Pillow.new("L", (2, 1))
    picture.putdata([10, 200])
    picture.save(tmp_path / "key.png", transparency=10)
    assert read_pixels8(tmp_path / "key.png")[0, :, 3].tolist() == [0, 255]


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_keep_their_precision(tmp_path: Path, suffix: str) -> None:
    values = np.array([[0, 1, 257, 30000, 65535]], np.uint16)
    path = tmp_path / f"deep{suffix}"
    Pillow.fromarray(values).save(path)
    assert np.array_equal(read_image(path)[0, :, 0], values[0] / np.float32(65535))
    assert not read_raster(path).is_8bit
    assert read_pixels8(path)[0, :, 0].tolist() == [0, 0, 1, 117, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0.0, 0.25, 1.0], [0.0, 0.25, 1.0]), ([-1.0, 0.0, 3.0], [0.0, 0.25, 1.0])],
)
def test_float_tiff_and_measurements_beyond_white(
    tmp_path: Path, values: list[float], expected: list[float]
) -> None:
    Pillow.fromarray(np.array([values], np.float32)).save(tmp_path / "f.tif")
    assert read_image(tmp_path / "f.tif")[0, :, 0].tolist() == expected


def test_not_a_number_becomes_black(tmp_path: Path) -> None:
    Pillow.fromarray(np.array([[np.nan, 1.0]], np.float32)).save(tmp_path / "f.tif")
    assert read_image(tmp_path / "f.tif")[0, :, 0].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_cmyk(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cmyk{suffix}"
    Pillow.new("CMYK", (8, 8), (0, 255, 255, 0)).save(path)
    red, green, blue = read_pixels8(path)[4, 4].tolist()
    assert red > 200
    assert green < 60
    assert blue < 60


def test_lab_tiff(tmp_path: Path) -> None:
    lab = ImageCms.profileToProfile(
        photo(),
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB"),
        outputMode="LAB",
    )
    assert lab is not None
    lab.save(tmp_path / "lab.tif")
    difference = read_pixels8(tmp_path / "lab.tif").astype(int) - np.asarray(photo())
    assert np.abs(difference).mean() < 3


def swapped_profile() -> bytes:
    """An sRGB profile whose red and blue primaries have changed places, under another name."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    entries = {bytes(profile[i : i + 4]): i for i in range(132, 132 + 12 * count, 12)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "QRGB".encode("utf-16-be"))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_embedded_profile_is_converted(tmp_path: Path, mode: str) -> None:
    picture = Pillow.new(mode, (4, 4), (255, 0, 0, 90)[: len(mode)])
    picture.save(tmp_path / "p.png", icc_profile=swapped_profile())
    pixel = read_pixels8(tmp_path / "p.png")[0, 0].tolist()
    assert pixel[:3] == pytest.approx(BLUE, abs=2)
    assert pixel[3:] == ([90] if mode == "RGBA" else [])


@pytest.mark.parametrize("profile", [b"nonsense", swapped_profile()[:200]])
def test_broken_profile_is_ignored(tmp_path: Path, profile: bytes) -> None:
    Pillow.new("RGB", (4, 4), RED).save(tmp_path / "p.png", icc_profile=profile)
    assert read_pixels8(tmp_path / "p.png")[0, 0].tolist() == list(RED)


def test_color_profile_in_a_grey_picture(tmp_path: Path) -> None:
    Pillow.new("L", (4, 4), 128).save(tmp_path / "g.png", icc_profile=swapped_profile())
    assert read_pixels8(tmp_path / "g.png")[0, 0].tolist() == pytest.approx([128] * 3, abs=3)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_animation_gives_its_first_frame(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"film{suffix}"
    frames = [Pillow.new("RGB", (8, 8), color) for color in (RED, GREEN)]
    options = {"lossless": True} if suffix == ".webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)
    assert read_pixels8(path)[0, 0, :3].tolist() == list(RED)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".gif", ".bmp", ".ppm"])
def test_each_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"p{suffix}"
    photo().save(path)
    image = read_image(path)
    assert image.dtype == np.float32
    assert image.shape == (48, 48, 3)
    assert np.abs(image - gradient(3, 48)).mean() < 0.06


def test_jpeg_is_decoded_smaller_on_request(tmp_path: Path) -> None:
    Pillow.fromarray(to_pixels8(gradient(1, 512))).save(tmp_path / "big.jpg")
    height, width = read_pixels8(tmp_path / "big.jpg", at_least=100).shape[:2]
    assert 100 <= min(height, width) < 256


def test_misnamed_picture_is_read_for_what_it_is(tmp_path: Path) -> None:
    photo().save(tmp_path / "really_a.jpg", format="PNG")
    assert read_pixels8(tmp_path / "really_a.jpg").shape == (48, 48, 3)


# --- Files that cannot be read ---


def refusal(path: Path) -> str:
    with pytest.raises(StudioError) as caught:
        read_image(path)
    assert f"“{path.name}”" in caught.value.message
    return str(caught.value)


def test_missing_and_empty_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    assert "no picture file" in refusal(tmp_path / "absent.png")
    assert "is empty" in refusal(tmp_path / "empty.png")
    assert "is a folder" in refusal(tmp_path)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".gif", ".bmp"])
def test_truncated(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cut{suffix}"
    Pillow.effect_noise((64, 64), 80).convert("RGB").save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refusal(path).endswith(".")


def test_postscript_under_another_name_is_never_run(tmp_path: Path) -> None:
    path = tmp_path / "holiday.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nquit\n")
    assert "not a picture" in refusal(path)


def png_of_size(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_500, 12_000, 30_000])
def test_decompression_bomb(tmp_path: Path, side: int) -> None:
    (tmp_path / "bomb.png").write_bytes(png_of_size(side, side))
    assert "too many pixels" in refusal(tmp_path / "bomb.png")


def test_file_of_more_than_a_gigabyte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo().save(tmp_path / "p.png")
    monkeypatch.setattr(read, "MAX_FILE_BYTES", 100)
    assert "larger than" in refusal(tmp_path / "p.png")


@pytest.mark.filterwarnings("ignore")  # decoders warn about damage in their own words
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".gif", ".bmp", ".avif"])
def test_damaged_bytes_raise_nothing_but_studio_error(tmp_path: Path, suffix: str) -> None:
    good = tmp_path / f"good{suffix}"
    photo().save(good)
    data = good.read_bytes()
    rng = np.random.default_rng(7)
    for number in range(40):
        bad = np.frombuffer(data, np.uint8).copy()
        places = rng.integers(0, len(bad), rng.integers(1, 12))
        bad[places] = rng.integers(0, 256, len(places))
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(bad.tobytes())
        assert picture_or_refusal(path)


def picture_or_refusal(path: Path) -> bool:
    try:
        return read_image(path).dtype == np.float32
    except StudioError as error:
        return path.name in error.message


def test_random_bytes(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for number in range(20):
        path = tmp_path / f"{number}.png"
        path.write_bytes(rng.bytes(200))
        assert refusal(path)


@pytest.mark.parametrize("name", ["猫 🐈.png", "a#b%20&c.png", ".hidden.png", "x" * 200 + ".png"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    photo().save(tmp_path / name)
    assert read_pixels8(tmp_path / name).shape == (48, 48, 3)
