"""Pictures out: sRGB, atomically, marked as what they are, with nothing private inside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args

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
    read_recipe,
)
from studio.core.files import atomic_write
from studio.core.image import Image, split_alpha, to_pixels8
from studio.errors import StudioError

WRITABLE = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}

_LONGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383}
_COMPRESS_ABOVE = 2048  # bytes of recipe in a PNG
_SOFTWARE_TAG, _XMP_TAG = 305, 700  # TIFF


def write_image(
    path: Path,
    image: Image,
    recipe: Mapping[str, Any] | None = None,
    source: SourceType | None = None,
    quality: int = 92,
) -> None:
    """Write `image` in the format of the path's suffix; JPEG puts transparency on white.

    `recipe` goes into the metadata. `source` marks generated pixels for machines (default: what
    the recipe says). `quality` is for JPEG and WebP.

    Raises:
        StudioError: no such format, too large for it, or the disk refused.
    """
    kind = _format_of(path, image)
    text = pack(recipe) if recipe else ""
    xmp = xmp_packet(source if source is not None else str((recipe or {}).get("source", "")))
    picture = _to_pillow(_on_white(image) if kind == "JPEG" else image)
    options = _OPTIONS[kind](text, xmp)
    if kind in ("JPEG", "WEBP"):
        options["quality"] = quality
    if picture.mode != "L":
        options["icc_profile"] = srgb_profile()
    with atomic_write(path) as temp:
        picture.save(temp, format=kind, **options)


def source_type(path: Path) -> SourceType:
    """What the picture's recipe says of its pixels, for a file that is made from it.

    Raises:
        StudioError: not a readable picture.
    """
    source = (read_recipe(path) or {}).get("source")
    return cast("SourceType", source) if source in get_args(SourceType) else ""


def _format_of(path: Path, image: Image) -> str:
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


def _to_pillow(image: Image) -> Pillow.Image:
    pixels8 = to_pixels8(image)
    return Pillow.fromarray(pixels8[..., 0] if pixels8.shape[2] == 1 else pixels8)


def _on_white(image: Image) -> Image:
    color, alpha = split_alpha(image)
    return color if alpha is None else color * alpha + (np.float32(1.0) - alpha)


def _png_options(recipe: str, xmp: str) -> dict[str, Any]:
    texts = PngInfo()
    texts.add_text("Software", SOFTWARE)
    texts.add_itxt("XML:com.adobe.xmp", xmp)
    if recipe:
        texts.add_itxt(KEY, recipe, zip=len(recipe) > _COMPRESS_ABOVE)
    return {"pnginfo": texts}


def _exif_options(recipe: str, xmp: str) -> dict[str, Any]:
    exif = Pillow.Exif()
    exif[_SOFTWARE_TAG] = SOFTWARE
    comment = EXIF_PREFIX + recipe.encode("utf-16-be")
    if recipe and len(comment) < MAX_EXIF_BYTES:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    return {"exif": exif, "xmp": xmp.encode()}


def _jpeg_options(recipe: str, xmp: str) -> dict[str, Any]:
    # Not "optimize": Pillow then guesses a buffer that pictures full of detail overflow.
    return {**_exif_options(recipe, xmp), "subsampling": "4:4:4"}


def _webp_options(recipe: str, xmp: str) -> dict[str, Any]:
    return {**_exif_options(recipe, xmp), "exact": True}  # keep the color under transparency


def _tiff_options(recipe: str, xmp: str) -> dict[str, Any]:
    tags: dict[int, Any] = {_SOFTWARE_TAG: SOFTWARE, _XMP_TAG: xmp.encode()}
    if recipe:
        tags[IMAGE_DESCRIPTION] = recipe
    return {"tiffinfo": tags, "compression": "tiff_adobe_deflate"}


_OPTIONS = {
    "PNG": _png_options,
    "JPEG": _jpeg_options,
    "WEBP": _webp_options,
    "TIFF": _tiff_options,
}
