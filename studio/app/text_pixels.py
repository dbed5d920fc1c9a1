"""Text to pixels, by Qt: the fonts of the system, antialiased."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from studio.app.qimage import pixels8_of_qimage
from studio.core.image import Pixels8
from studio.core.raster import Raster
from studio.core.text import Text, TextRaster

_MARGIN = 0.35  # of the font's size, around the lines: letters may lean out


class Written(NamedTuple):
    """Pixels of a text. Its lines begin, are centered or end at `anchor_x`, the first at `top`."""

    raster: TextRaster
    anchor_x: float
    top: float


def written(text: Text) -> Written:
    """The text as pixels, with room around for letters that lean out."""
    font = font_of(text)
    metrics = QFontMetricsF(font)
    lines = text.text.split("\n")
    widths = [metrics.horizontalAdvance(line) for line in lines]
    margin, step = math.ceil(text.style.size * _MARGIN), text.style.size * text.style.leading
    width = math.ceil(max(widths)) + 2 * margin
    height = math.ceil(step * (len(lines) - 1) + metrics.height()) + 2 * margin
    image = QImage(max(width, 1), max(height, 1), QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.transparent)
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[text.style.align]
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setFont(font)
    painter.setPen(QColor.fromRgbF(*text.color))
    for number, (line, long) in enumerate(zip(lines, widths, strict=True)):
        x = margin + (max(widths) - long) * share
        painter.drawText(QPointF(x, margin + metrics.ascent() + step * number), line)
    painter.end()
    pixels = Raster.from_pixels8(_of_one_color(image, text))
    return Written(TextRaster(pixels, text), margin + max(widths) * share, margin)


def font_of(text: Text) -> QFont:
    font = QFont(text.family) if text.family else QFont()
    font.setPixelSize(max(1, round(text.style.size)))
    font.setBold(text.style.bold)
    font.setItalic(text.style.italic)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _of_one_color(image: QImage, text: Text) -> Pixels8:
    """The alpha of a drawing with one exact color: rounding leaves no dark rims."""
    pixels = pixels8_of_qimage(image).copy()
    pixels[..., :3] = [round(255 * channel) for channel in text.color]
    return pixels
