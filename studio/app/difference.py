"""What differs between two pictures, as a picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from studio.app.qimage import from_qimage, to_qimage
from studio.core.image import Image

_MOST_SIDE = 384  # px: enough to see, and quick enough for the GUI thread
_GAIN = 2.0


def difference(first: QImage, second: QImage) -> QImage:
    """Twice the absolute difference of two pictures, transparency on black; black where alike."""
    one, other = _small(first), _small(second.scaled(first.size()))
    away = np.abs(one[..., :3] * one[..., 3:] - other[..., :3] * other[..., 3:])
    return to_qimage(np.clip(away * np.float32(_GAIN), 0.0, 1.0))


def _small(image: QImage) -> Image:
    if max(image.width(), image.height()) > _MOST_SIDE:
        smooth = Qt.TransformationMode.SmoothTransformation
        keep = Qt.AspectRatioMode.KeepAspectRatio
        image = image.scaled(_MOST_SIDE, _MOST_SIDE, keep, smooth)
    return from_qimage(image)
