"""How a picture was made, inside the picture: a JSON object that opens it again as a variation.

The object itself is described in `studio.project.manifest`. Here it is packed into text, and read
back as what it is: input from anybody, at most 1 MB, of which nothing is believed.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args

from PIL import ExifTags
from PIL import Image as Pillow

from studio.codec.metadata import SourceType
from studio.codec.read import FORMATS, opened

KEY = "studio"  # of the text chunk in a PNG
MAX_BYTES = 1 << 20  # also what Pillow accepts in one text chunk
MAX_EXIF_BYTES = 60_000  # EXIF as a whole must stay below 64 KB
EXIF_PREFIX = b"UNICODE\0"
IMAGE_DESCRIPTION = 270

_MARKING = re.compile(rb"digitalsourcetype/(\w{1,60})")

log = logging.getLogger(__name__)


def pack(recipe: Mapping[str, Any]) -> str:
    """The recipe as ASCII JSON; empty (and logged) where it would not be readable again."""
    text = json.dumps(recipe, separators=(",", ":"))
    if len(text) < MAX_BYTES:
        return text
    log.warning("The recipe was left out of the picture: it has %d bytes.", len(text))
    return ""


def read_recipe(path: Path) -> dict[str, Any] | None:
    """The recipe inside a PNG, JPEG, WebP or TIFF; None where there is none that makes sense.

    Raises:
        StudioError: the file is not a readable picture.
    """
    with opened(path, FORMATS) as picture:
        return _parsed(_text_of(picture))


def source_type(path: Path) -> SourceType:
    """What the picture says of its pixels, in its recipe or in its XMP, whoever wrote it.

    Raises:
        StudioError: the file is not a readable picture.
    """
    with opened(path, FORMATS) as picture:
        told = str((_parsed(_text_of(picture)) or {}).get("source", ""))
        xmp = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    marked = _MARKING.search(xmp if isinstance(xmp, bytes) else str(xmp).encode())
    found = told or (marked[1].decode() if marked else "")
    return cast("SourceType", found) if found in get_args(SourceType) else ""


def _text_of(picture: Pillow.Image) -> str:
    if picture.format == "PNG":
        return str(picture.info.get(KEY, ""))
    exif = picture.getexif()
    if picture.format == "TIFF":
        return str(exif.get(IMAGE_DESCRIPTION, ""))
    comment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment, b"")
    if isinstance(comment, bytes) and comment.startswith(EXIF_PREFIX):
        return comment.removeprefix(EXIF_PREFIX).decode("utf-16-be", "replace")
    return ""


def _parsed(text: str) -> dict[str, Any] | None:
    if not text.startswith("{") or len(text) > MAX_BYTES:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_ours = isinstance(data, dict) and isinstance(data.get("schema"), int)
    return data if is_ours else None
