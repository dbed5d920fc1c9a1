"""Small pictures in few bytes."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image as Pillow

from studio.core.image import Pixels8
from studio.errors import StudioError

_QUALITY = 82


def encode_thumbnail(pixels8: Pixels8) -> bytes:
    """``uint8 [H, W, 3 or 4]`` as a lossy WebP with its transparency."""
    buffer = io.BytesIO()
    Pillow.fromarray(pixels8).save(buffer, "WEBP", quality=_QUALITY, method=2)
    return buffer.getvalue()


def decode_thumbnail(data: bytes) -> Pixels8:
    """The inverse: ``uint8 [H, W, 3 or 4]``.

    Raises:
        StudioError: it is no such picture.
    """
    try:
        with Pillow.open(io.BytesIO(data), formats=["WEBP"]) as picture:
            return np.asarray(picture.convert("RGBA" if picture.has_transparency_data else "RGB"))
    except (OSError, ValueError) as error:
        raise StudioError("A small picture is damaged.", "It is left out.") from error
