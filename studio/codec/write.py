"""Pictures out: sRGB, atomically, marked as what they are, with nothing private inside."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from PIL import ExifTags
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from studio.codec.metadata import SOFTWARE, SourceType, srgb_profile, xmp_packet
from studio.codec.recipe import (
    EXIF_PREFIX,
    IMAGE_DESCRIPTION,
    KEY,
    MAX_EXIF_BYTES,
    pack,
)
from studio.core.files import atomic_write
from studio.core.image import Image, split_alpha, to_pixels8, to_rgba
from studio.core.param_values import Color
from studio.core.params import param
from studio.errors import StudioError

WRITABLE = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".avif": "AVIF",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}
ICONS = (".ico", ".icns")

_LONGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383, "AVIF": 65_535}
_AVIF_SPEED = 8  # of 10: four times as fast as the usual 6, with files of the same size
_ICO_LARGEST = 256  # px
# Width, height, colors, reserved, planes, bits a pixel, bytes, and where they begin.
_ICO_ENTRY = struct.Struct("<BBBBHHII")
# Apple's names for each side in px, with those of the same picture for twice the density.
_ICNS_TYPES = {
    16: (b"icp4",),
    32: (b"icp5", b"ic11"),
    64: (b"icp6", b"ic12"),
    128: (b"ic07",),
    256: (b"ic08", b"ic13"),
    512: (b"ic09", b"ic14"),
    1024: (b"ic10",),
}
_COMPRESS_ABOVE = 2048  # bytes of recipe in a PNG
_SOFTWARE_TAG, _XMP_TAG = 305, 700  # TIFF
_BYTES_TYPE = 1  # of a TIFF tag


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What there is to choose of a file.

    `quality` from 1 to 100 is for JPEG, WebP and AVIF; `lossless` for WebP; `deep` writes TIFF
    with 16 bits a channel. `background` lies under transparency where the format (JPEG) has none.
    """

    quality: int = param(92, "Quality", 1, 100, 1)
    lossless: bool = param(default=False, label="Lossless")
    deep: bool = param(default=False, label="16 bits a channel")
    background: Color = param((1.0, 1.0, 1.0), "Background", help="Under what is transparent")
    metadata: str = param(
        "recipe",
        "Metadata",
        choices=("recipe", "marking", "none"),
        help="Recipe: how it was made, to open it as a variation, and the marking of generated "
        "pixels. Marking: that alone. None: nothing at all.",
    )


class _Told(NamedTuple):
    """What the file says of itself: texts, empty where it says nothing."""

    software: str
    recipe: str
    xmp: str


def write_image(
    path: Path,
    image: Image,
    recipe: Mapping[str, Any] | None = None,
    source: SourceType | None = None,
    options: WriteOptions = WriteOptions(),
) -> None:
    """Write `image` in the format of the path's suffix.

    `recipe` goes into the metadata. `source` marks generated pixels for machines (default: what
    the recipe says).

    Raises:
        StudioError: no such format, too large for it, or the disk refused.
    """
    kind = _kind_of(path, image)
    told = _told(recipe, source, options)
    with atomic_write(path) as temp:
        _save(temp, kind, image, told, options)


def encode_image(
    suffix: str,
    image: Image,
    recipe: Mapping[str, Any] | None = None,
    options: WriteOptions = WriteOptions(),
) -> bytes:
    """The very bytes that `write_image` would write.

    Raises:
        StudioError: no such format, or too large for it.
    """
    file = io.BytesIO()
    kind = _kind_of(Path(f"picture{suffix}"), image)
    _save(file, kind, image, _told(recipe, None, options), options)
    return file.getvalue()


def write_icon(path: Path, pictures: Sequence[Image]) -> None:
    """Write square `pictures` of several sizes as one ``.ico`` or ``.icns``.

    Raises:
        StudioError: a size that the format does not have, or the disk refused.
    """
    data = encode_icon(path.suffix, pictures)
    with atomic_write(path) as temp:
        temp.write_bytes(data)


def encode_icon(suffix: str, pictures: Sequence[Image]) -> bytes:
    """The very bytes that `write_icon` would write; without pictures, an icon's head alone.

    Raises:
        StudioError: a size that the format does not have.
    """
    is_apple = suffix.lower() == ".icns"
    for height, width, _channels in (picture.shape for picture in pictures):
        legal = width in _ICNS_TYPES if is_apple else width <= _ICO_LARGEST
        if height != width or not legal:
            sides = ", ".join(map(str, _ICNS_TYPES)) if is_apple else f"1 to {_ICO_LARGEST}"
            raise StudioError(
                f"An {suffix[1:].upper()} cannot hold {width} × {height} px.",
                f"It is for squares of {sides} px.",
            )
    ordered = sorted(pictures, key=lambda picture: picture.shape[1])
    entries = [(picture.shape[1], _bare_png(picture)) for picture in ordered]
    return _icns(entries) if is_apple else _ico(entries)


def _bare_png(picture: Image) -> bytes:
    """With transparency, and nothing beside the pixels."""
    file = io.BytesIO()
    _to_pillow(to_rgba(picture)).save(file, format="PNG")
    return file.getvalue()


def _ico(entries: Sequence[tuple[int, bytes]]) -> bytes:
    """Sides in px and their PNGs. Pillow would invent the sizes that are missing."""
    head, body = struct.pack("<HHH", 0, 1, len(entries)), b""
    start = len(head) + _ICO_ENTRY.size * len(entries)
    for side, data in entries:
        edge = side % _ICO_LARGEST  # the largest is written as 0
        head += _ICO_ENTRY.pack(edge, edge, 0, 0, 1, 32, len(data), start + len(body))
        body += data
    return head + body


def _icns(entries: Iterable[tuple[int, bytes]]) -> bytes:
    """Each PNG once for every type that its side has. Pillow would invent what is missing."""
    body = b""
    for side, data in entries:
        for name in _ICNS_TYPES[side]:
            body += name + (len(data) + 8).to_bytes(4, "big") + data
    return b"icns" + (len(body) + 8).to_bytes(4, "big") + body


def _kind_of(path: Path, image: Image) -> str:
    kind = WRITABLE.get(path.suffix.lower())
    if kind is None:
        raise StudioError(
            f"Pictures cannot be written as “{path.suffix or path.name}”.",
            f"Choose one of: {', '.join(WRITABLE)}.",
        )
    limit = _LONGEST_SIDE.get(kind)
    if limit is not None and max(image.shape[:2]) > limit:
        raise StudioError(
            f"The picture is too large for {kind}: its sides may have {limit} px.",
            "Choose PNG or TIFF.",
        )
    return kind


def _told(
    recipe: Mapping[str, Any] | None, source: SourceType | None, options: WriteOptions
) -> _Told:
    if options.metadata == "none":
        return _Told("", "", "")
    marking = source if source is not None else str((recipe or {}).get("source", ""))
    text = pack(recipe) if recipe and options.metadata == "recipe" else ""
    return _Told(SOFTWARE, text, xmp_packet(marking))


def _save(
    target: Path | BinaryIO, kind: str, image: Image, told: _Told, options: WriteOptions
) -> None:
    if kind == "TIFF" and options.deep:
        _save_deep_tiff(target, image, told)
        return
    picture = _to_pillow(_on_background(image, options.background) if kind == "JPEG" else image)
    extra = _EXTRAS[kind](told, options)
    if picture.mode != "L":
        extra["icc_profile"] = srgb_profile()
    picture.save(target, format=kind, **extra)


def _to_pillow(image: Image) -> Pillow.Image:
    pixels8 = to_pixels8(image)
    return Pillow.fromarray(pixels8[..., 0] if pixels8.shape[2] == 1 else pixels8)


def _on_background(image: Image, background: Color) -> Image:
    color, alpha = split_alpha(image)
    if alpha is None:
        return color
    return color * alpha + np.asarray(background, np.float32) * (np.float32(1.0) - alpha)


def _save_deep_tiff(target: Path | BinaryIO, image: Image, told: _Told) -> None:
    """16 bits a channel, which Pillow does not write in color."""
    import tifffile

    pixels = (np.clip(image, 0.0, 1.0) * 65535.0 + 0.5).astype(np.uint16)
    channels = pixels.shape[2]
    xmp = told.xmp.encode()
    tifffile.imwrite(
        target,
        pixels[..., 0] if channels == 1 else pixels,
        photometric="minisblack" if channels == 1 else "rgb",
        extrasamples=["unassalpha"] if channels == 4 else None,
        compression="adobe_deflate",
        software=told.software or False,
        description=told.recipe or None,
        metadata=None,
        iccprofile=None if channels == 1 else srgb_profile(),
        extratags=[(_XMP_TAG, _BYTES_TYPE, len(xmp), xmp, True)] if xmp else [],
    )


# --- What each format is told beside its pixels ---


def _png_extras(told: _Told, _options: WriteOptions) -> dict[str, Any]:
    texts = PngInfo()
    if told.software:
        texts.add_text("Software", told.software)
        texts.add_itxt("XML:com.adobe.xmp", told.xmp)
    if told.recipe:
        texts.add_itxt(KEY, told.recipe, zip=len(told.recipe) > _COMPRESS_ABOVE)
    return {"pnginfo": texts}


def _exif_extras(told: _Told) -> dict[str, Any]:
    if not told.software:
        return {}
    exif = Pillow.Exif()
    exif[_SOFTWARE_TAG] = told.software
    comment = EXIF_PREFIX + told.recipe.encode("utf-16-be")
    if told.recipe and len(comment) < MAX_EXIF_BYTES:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    return {"exif": exif, "xmp": told.xmp.encode()}


def _jpeg_extras(told: _Told, options: WriteOptions) -> dict[str, Any]:
    # Not "optimize": Pillow then guesses a buffer that pictures full of detail overflow.
    return {**_exif_extras(told), "subsampling": "4:4:4", "quality": options.quality}


def _webp_extras(told: _Told, options: WriteOptions) -> dict[str, Any]:
    keep = {"exact": True}  # the color under transparency
    return {
        **_exif_extras(told),
        **keep,
        "quality": options.quality,
        "lossless": options.lossless,
    }


def _avif_extras(told: _Told, options: WriteOptions) -> dict[str, Any]:
    look = {"quality": options.quality, "subsampling": "4:4:4"}
    return {**_exif_extras(told), **look, "speed": _AVIF_SPEED}


def _tiff_extras(told: _Told, _options: WriteOptions) -> dict[str, Any]:
    tags: dict[int, Any] = {}
    if told.software:
        tags = {_SOFTWARE_TAG: told.software, _XMP_TAG: told.xmp.encode()}
    if told.recipe:
        tags[IMAGE_DESCRIPTION] = told.recipe
    return {"tiffinfo": tags, "compression": "tiff_adobe_deflate"}


_EXTRAS: dict[str, Callable[[_Told, WriteOptions], dict[str, Any]]] = {
    "PNG": _png_extras,
    "JPEG": _jpeg_extras,
    "WEBP": _webp_extras,
    "AVIF": _avif_extras,
    "TIFF": _tiff_extras,
}
