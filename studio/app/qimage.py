"""Between *Image* and `QImage`: the only place where the two meet."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from studio.core.image import Image, Pixels8, from_pixels8, to_pixels8, to_rgba


def to_qimage(image: Image) -> QImage:
    """A `QImage` with its own pixels: RGB888 for 1 and 3 channels, RGBA8888 for 4."""
    return qimage_of_pixels8(to_pixels8(image))


def qimage_of_pixels8(pixels8: Pixels8) -> QImage:
    """The same from ``uint8 [H, W, C]``."""
    if pixels8.shape[2] == 1:
        pixels8 = np.repeat(pixels8, 3, axis=2)
    pixels8 = np.ascontiguousarray(pixels8)
    height, width, channels = pixels8.shape
    kind = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    return QImage(pixels8.data, width, height, width * channels, kind).copy()


def from_qimage(qimage: QImage) -> Image:
    """RGBA *Image* of any `QImage` (clipboard, screenshot)."""
    return from_pixels8(pixels8_of_qimage(qimage))


def pixels8_of_qimage(qimage: QImage) -> Pixels8:
    """``uint8 [H, W, 4]`` of any `QImage`, RGBA."""
    rgba = qimage.convertToFormat(QImage.Format.Format_RGBA8888)
    height, width = rgba.height(), rgba.width()
    rows = np.frombuffer(rgba.constBits(), np.uint8).reshape(height, rgba.bytesPerLine())
    return rows[:, : width * 4].reshape(height, width, 4).copy()


def premultiplied_qimage(image: Image) -> QImage:
    """ARGB32_Premultiplied, the format that `QPainter` draws fastest."""
    rgba = to_rgba(image).copy()
    rgba[..., :3] *= rgba[..., 3:]
    return qimage_of_premultiplied(rgba)


def qimage_of_premultiplied(rgba: Image) -> QImage:
    """The same from RGBA whose color is multiplied by alpha; RGB32 where nothing shows through."""
    bgra = to_pixels8(rgba)[..., [2, 1, 0, 3]]
    height, width, _ = bgra.shape
    opaque = bool(bgra[..., 3].min(initial=255) == 255)
    kind = QImage.Format.Format_RGB32 if opaque else QImage.Format.Format_ARGB32_Premultiplied
    return QImage(np.ascontiguousarray(bgra).data, width, height, width * 4, kind).copy()
