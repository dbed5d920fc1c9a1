"""What differs between two pictures, as a picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from studio.app.qimage import from_qimage, to_qimage
from studio.core.image import LUMA, Image

_MOST_SIDE = 384  # px: enough to see, and quick enough for the GUI thread
_GAIN = 2.0
_GLOW = np.array([1.0, 0.45, 0.15], np.float32)  # where most is missed
_GLOW_GAIN = 4.0
_DIM = 0.45  # how light the picture below is


def difference(first: QImage, second: QImage) -> QImage:
    """Twice the absolute difference of two pictures, transparency on black; black where alike."""
    away = np.abs(_on_black(first) - _on_black(second.scaled(first.size())))
    return to_qimage(np.clip(away * np.float32(_GAIN), 0.0, 1.0))


def error_map(made: QImage, wanted: QImage) -> QImage:
    """The wanted picture in dim gray; it glows where the one that was made is far from it."""
    below = _on_black(wanted)
    away = np.abs(below - _on_black(made.scaled(wanted.size()))).mean(axis=2, keepdims=True)
    share = np.clip(away * np.float32(_GLOW_GAIN), 0.0, 1.0)
    gray = (below @ LUMA)[..., None] * np.float32(_DIM)
    return to_qimage(gray + (_GLOW - gray) * share)


def _on_black(image: QImage) -> Image:
    if max(image.width(), image.height()) > _MOST_SIDE:
        smooth = Qt.TransformationMode.SmoothTransformation
        keep = Qt.AspectRatioMode.KeepAspectRatio
        image = image.scaled(_MOST_SIDE, _MOST_SIDE, keep, smooth)
    rgba = from_qimage(image)
    color: Image = rgba[..., :3] * rgba[..., 3:]
    return color
