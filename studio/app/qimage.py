"""Between *Image* and `QImage`: the only place where the two meet."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from studio.core.image import Image, Pixels8, Planes, from_pixels8, to_pixels8, to_rgba

_OPAQUE = np.float32(254.5 / 255.0)  # alpha that is rounded to 255


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
    planes = np.ascontiguousarray(to_rgba(image).transpose(2, 0, 1))
    planes[:3] *= planes[3]
    return qimage_of_planes(planes)


def qimage_of_planes(planes: Planes) -> QImage:
    """The same from RGBA planes ``[4, H, W]`` whose color is multiplied by alpha; RGB32 where
    nothing shows through.
    """
    _, height, width = planes.shape
    bgra = np.empty((height, width, 4), np.uint8)
    for channel, plane in zip((2, 1, 0, 3), planes, strict=True):
        bgra[..., channel] = to_pixels8(plane)
    opaque = bool(planes[3].min(initial=1.0) >= _OPAQUE)
    kind = QImage.Format.Format_RGB32 if opaque else QImage.Format.Format_ARGB32_Premultiplied
    return QImage(bgra.data, width, height, width * 4, kind).copy()
