"""TIFF in color with more than 8 bits a channel, which Pillow reads with 8 or not at all."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image, join_alpha

if TYPE_CHECKING:
    import tifffile

SUFFIXES = (".tif", ".tiff")

_SHOULDER = 0.9  # where highlights beyond white begin to be compressed
_ORIENTATION, _PROFILE = 274, 34675  # tags
_RGB, _PREMULTIPLIED = 2, 1  # values of tags

log = logging.getLogger(__name__)
logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # of damage, Pillow tells the person


def read_deep_tiff(path: Path, most_pixels: int) -> Image | None:
    """The first picture as ``float32 [H, W, 3 or 4]``; None where Pillow should read it.

    That is a picture of 8 bits, in grey, of more than `most_pixels`, with a profile of its own
    (LittleCMS gets it with 8 bits), or packed in a way that only Pillow unpacks.
    """
    import tifffile

    try:
        with tifffile.TiffFile(path) as file:
            page = file.pages[0]
            assert isinstance(page, tifffile.TiffPage)
            if not _is_deep_color(page) or page.imagewidth * page.imagelength > most_pixels:
                return None
            return _upright(_image_of(page), page)
    except Exception as error:  # noqa: BLE001  (whatever is wrong with it, Pillow says it well)
        log.info("%s is left to Pillow: %s", path.name, error)
        return None


def soft_clipped(values: NDArray[np.floating[Any]]) -> Image:
    """Light beyond white brought into [0, 1]: highlights keep their shape, none burn out.

    Below the shoulder k nothing changes; above, ``k + (1 - k)(1 - exp(-(x - k) / (1 - k)))``
    goes on with the same slope and never reaches white. Pictures within [0, 1] stay as they are.
    """
    image = np.maximum(np.nan_to_num(values.astype(np.float32), posinf=1e6), 0.0)
    if image.max(initial=0.0) <= 1.0:
        return image
    room = np.float32(1.0 - _SHOULDER)
    beyond = np.maximum(image - np.float32(_SHOULDER), 0.0)
    curve: Image = np.minimum(image, _SHOULDER) + room * -np.expm1(-beyond / room)
    return curve


def _is_deep_color(page: tifffile.TiffPage) -> bool:
    plain = page.photometric == _RGB and page.samplesperpixel in (3, 4) and page.imagedepth == 1
    return plain and page.bitspersample > 8 and not _has_own_profile(page)


def _has_own_profile(page: tifffile.TiffPage) -> bool:
    tag = page.tags.get(_PROFILE)
    return tag is not None and "sRGB".encode("utf-16-be") not in bytes(tag.value)


def _image_of(page: tifffile.TiffPage) -> Image:
    values = page.asarray()
    if values.shape[0] == page.samplesperpixel != values.shape[-1]:  # one plane after the other
        values = np.moveaxis(values, 0, -1)
    if np.issubdtype(values.dtype, np.integer):
        full = np.float32((1 << page.bitspersample) - 1)
        values = values.astype(np.float32) / full
    if values.shape[2] == 3:
        return soft_clipped(values)
    alpha = np.clip(values[..., 3:], 0.0, 1.0).astype(np.float32)
    color = values[..., :3]
    if _PREMULTIPLIED in page.extrasamples:
        color = np.divide(color, alpha, out=np.zeros_like(color), where=alpha > 0.0)
    return join_alpha(soft_clipped(color), alpha)


def _upright(image: Image, page: tifffile.TiffPage) -> Image:
    tag = page.tags.get(_ORIENTATION)
    orientation = int(tag.value) if tag is not None else 1
    if orientation >= 5:
        image = image.swapaxes(0, 1)
        orientation = {5: 1, 6: 2, 7: 3, 8: 4}.get(orientation, 1)
    if orientation in (2, 3):
        image = image[:, ::-1]
    if orientation in (3, 4):
        image = image[::-1]
    return np.ascontiguousarray(image)
