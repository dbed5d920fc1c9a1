"""Any picture file as sRGB pixels: upright, color-managed, first frame, straight alpha.

Whatever a decoder does with a damaged or hostile file, the caller sees a `StudioError` that names
the file and the reason.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from studio.codec import deep_tiff
from studio.core.image import Image, Pixels8, as_image, to_pixels8
from studio.core.raster import Raster
from studio.errors import StudioError

# An allow-list: without one, Pillow would hand an EPS under a picture's name to Ghostscript.
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "PPM", "PSD")
HEIC_SUFFIXES = (".heic", ".heif")
PICTURE_SUFFIXES = frozenset(
    (
        *(".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff"),
        *(".gif", ".bmp", ".dib", ".avif", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".psd"),
        *HEIC_SUFFIXES,
    )
)
MAX_FILE_BYTES = 1 << 30
MAX_PIXELS = 89_478_485  # where Pillow starts to suspect a decompression bomb

_ORIENTATION = 0x0112  # of Exif; from 5 on the picture lies on its side
_READABLE = f"The studio reads {', '.join(FORMATS)}."
_SIXTEEN_BIT = 65535.0
_BOMBS = (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning)


class PictureHead(NamedTuple):
    """What a file says of its picture: px as it is seen upright, and whether it has alpha."""

    width: int
    height: int
    has_alpha: bool


def read_head(path: Path) -> PictureHead:
    """Without decoding a pixel.

    Raises:
        StudioError: not a picture of a known format, or too large.
    """
    with opened(path, FORMATS) as picture:
        width, height = picture.size
        if picture.getexif().get(_ORIENTATION, 1) >= 5:
            width, height = height, width
        return PictureHead(width, height, picture.has_transparency_data)


def read_image(path: Path) -> Image:
    """The picture as *Image*: grey (C = 1), color or color with alpha.

    Grey keeps 16 bits and floats, and so does color in a TIFF without a profile of its own; of
    other color, Pillow delivers 8 bits. Of a PSD, this is the flattened picture inside.

    Raises:
        StudioError: not a picture of a known format, damaged, or too large.
    """
    return as_image(_read(path))


def read_pixels8(path: Path, at_least: int | None = None) -> Pixels8:
    """The picture as ``uint8 [H, W, C]``.

    With `at_least`, a JPEG may be decoded smaller (much faster), both sides no shorter than that.

    Raises:
        StudioError: not a picture of a known format, damaged, or too large.
    """
    pixels = _read(path, at_least)
    return pixels if pixels.dtype == np.uint8 else to_pixels8(as_image(pixels))


def read_raster(path: Path) -> Raster:
    """The picture as tiles: 8-bit where the file is, else at full precision.

    Raises:
        StudioError: not a picture of a known format, damaged, or too large.
    """
    pixels = _read(path)
    return Raster.from_pixels8(pixels) if pixels.dtype == np.uint8 else Raster.from_image(pixels)


def _read(path: Path, at_least: int | None = None) -> NDArray[Any]:
    """``uint8`` or ``float32 [H, W, C]``."""
    check_file(path)
    if path.suffix.lower() in deep_tiff.SUFFIXES:
        deep = deep_tiff.read_deep_tiff(path, MAX_PIXELS)
        if deep is not None:
            return deep
    with opened(path, FORMATS) as picture:
        if at_least is not None:
            picture.draft(None, (at_least, at_least))
        picture.load()
        return _normalized(_upright(picture))


def read_bytes(data: bytes, name: str, formats: tuple[str, ...] = FORMATS) -> Pixels8:
    """A picture that is no file of its own, as ``uint8 [H, W, C]``; `name` is for errors.

    Raises:
        StudioError: not a picture of one of `formats`, damaged, or too large.
    """
    with _refusals_told(name), Pillow.open(io.BytesIO(data), formats=formats) as picture:
        _check_size(name, picture)
        picture.load()
        return to_pixels8(as_image(_normalized(picture)))


@contextlib.contextmanager
def opened(path: Path, formats: tuple[str, ...]) -> Iterator[Pillow.Image]:
    """An open picture of one of `formats`; every failure of the block is told as `StudioError`."""
    with _refusals_told(path.name):
        check_file(path)
        if path.suffix.lower() in HEIC_SUFFIXES:
            formats = (_heic_format(path),)
        with Pillow.open(path, formats=formats) as picture:
            _check_size(path.name, picture)
            yield picture


@contextlib.contextmanager
def _refusals_told(name: str) -> Iterator[None]:
    try:
        yield
    except StudioError:
        raise
    except UnidentifiedImageError as error:
        raise StudioError(f"“{name}” is not a picture that can be read.", _READABLE) from error
    except _BOMBS as error:
        raise _too_large(name) from error
    except Exception as error:  # decoders raise whatever they like on damaged files
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        sentence = " ".join(reason.split()).rstrip(" .")
        raise StudioError(
            f"“{name}” could not be read: {sentence}.", "Copy or export it again."
        ) from error


def check_file(path: Path) -> None:
    """Raise `StudioError` unless there is a file of a size that a picture has."""
    if path.is_dir():
        raise StudioError(f"“{path.name}” is a folder.", "Name one picture in it.")
    if not path.is_file():
        raise StudioError(f"There is no picture file “{path.name}”.", "Check the name and folder.")
    size = path.stat().st_size
    if size == 0:
        raise StudioError(f"“{path.name}” is empty.", "Copy or export it again.")
    if size > MAX_FILE_BYTES:
        raise StudioError(f"“{path.name}” is larger than 1 GB.", "Scale it down first.")


def _heic_format(path: Path) -> str:
    """Pillow's name of the format, once it was taught to read it: an optional extra does."""
    try:
        import pillow_heif
    except ImportError as error:
        raise StudioError(
            f"“{path.name}” is a HEIC picture, which this copy of the studio cannot read.",
            "Save it as JPEG or PNG, or install the package pillow-heif (its license is the GPL).",
        ) from error
    pillow_heif.register_heif_opener()
    return "HEIF"


def _check_size(name: str, picture: Pillow.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_large(name)


def _too_large(name: str) -> StudioError:
    megapixels = MAX_PIXELS // 1_000_000
    return StudioError(
        f"“{name}” has too many pixels.", f"Scale it down to {megapixels} megapixels first."
    )


def _upright(picture: Pillow.Image) -> Pillow.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001  (broken metadata must not cost the picture)
        return picture


def _normalized(picture: Pillow.Image) -> NDArray[Any]:
    if picture.mode.startswith("I"):  # I;16, I;16B and I, which holds 16 bits as well
        return _scaled(picture, _SIXTEEN_BIT)
    if picture.mode == "F":
        return _scaled(picture, 1.0)
    pixels: Pixels8 = np.asarray(_to_srgb(_to_plain_mode(picture)))
    return pixels[..., None] if pixels.ndim == 2 else pixels  # [H, W] -> [H, W, 1]


def _scaled(picture: Pillow.Image, full: float) -> Image:
    """``float32 [H, W, 1]``: `full` is white; measurements outside [0, full] are stretched."""
    values = np.nan_to_num(np.asarray(picture).astype(np.float32))
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if low < 0.0 or high > full:
        values, full = values - low, high - low
    scaled: Image = (values / np.float32(full))[..., None]
    return scaled


def _to_plain_mode(picture: Pillow.Image) -> Pillow.Image:
    """The picture as L, RGB, RGBA, CMYK or LAB; palettes and keyed colors are resolved."""
    if picture.mode in ("RGBA", "LAB", "CMYK"):
        return picture
    if picture.mode == "La":
        picture = picture.convert("LA")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    return picture.convert("RGB")


def _to_srgb(picture: Pillow.Image) -> Pillow.Image:
    profile = _embedded_profile(picture)
    if profile is None:
        return picture.convert("RGB") if picture.mode == "CMYK" else picture
    if picture.mode == "RGBA":
        color = _convert(picture.convert("RGB"), profile)
        color.putalpha(picture.getchannel("A"))
        return color
    return _convert(picture, profile)


def _embedded_profile(picture: Pillow.Image) -> ImageCms.ImageCmsProfile | None:
    """The profile to convert from; None where the pixels count as sRGB already."""
    if picture.mode == "LAB":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    data = picture.info.get("icc_profile")
    if not data:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        is_srgb = ImageCms.getProfileDescription(profile).startswith("sRGB")
    except (OSError, ImageCms.PyCMSError):
        return None
    return None if is_srgb else profile


def _convert(picture: Pillow.Image, profile: ImageCms.ImageCmsProfile) -> Pillow.Image:
    """`picture` (L, RGB, CMYK or LAB) from `profile` to sRGB; a profile that does not fit is left.

    Relative colorimetric with black point compensation: what viewers do with photographs.
    """
    space = profile.profile.xcolor_space.strip()
    if space == "RGB" and picture.mode == "L":
        picture = picture.convert("RGB")
    try:
        converted = ImageCms.profileToProfile(
            picture,
            profile,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError:
        return picture.convert("RGB")
    return converted or picture
