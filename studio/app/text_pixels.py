"""Text to pixels, by Qt: the fonts of the system, antialiased."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from studio.app.qimage import pixels8_of_qimage
from studio.app.text_arc import SHARES, bent
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
    return _bent(text) if text.style.arc else _straight(text)


def _straight(text: Text) -> Written:
    font = font_of(text)
    metrics = QFontMetricsF(font)
    lines = text.text.split("\n")
    widths = [metrics.horizontalAdvance(line) for line in lines]
    margin, step = math.ceil(text.style.size * _MARGIN), text.style.size * text.style.leading
    width = math.ceil(max(widths)) + 2 * margin
    height = math.ceil(step * (len(lines) - 1) + metrics.height()) + 2 * margin
    image, share = _blank(width, height), SHARES[text.style.align]
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setFont(font)
    painter.setPen(QColor.fromRgbF(*text.color))
    for number, (line, long) in enumerate(zip(lines, widths, strict=True)):
        x = margin + (max(widths) - long) * share
        painter.drawText(QPointF(x, margin + metrics.ascent() + step * number), line)
    painter.end()
    return Written(_raster(image, text), margin + max(widths) * share, margin)


def _bent(text: Text) -> Written:
    arc = bent(text.text.split("\n"), font_of(text), text.style)
    box, margin = arc.path.boundingRect(), math.ceil(text.style.size * _MARGIN)
    left, top = math.floor(box.left()) - margin, math.floor(box.top()) - margin
    size = math.ceil(box.right()) + margin - left, math.ceil(box.bottom()) + margin - top
    image = _blank(*size)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-left, -top)
    painter.fillPath(arc.path, QColor.fromRgbF(*text.color))
    painter.end()
    return Written(_raster(image, text), arc.anchor_x - left, arc.top - top)


def _blank(width: int, height: int) -> QImage:
    image = QImage(max(width, 1), max(height, 1), QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _raster(image: QImage, text: Text) -> TextRaster:
    return TextRaster(Raster.from_pixels8(_of_one_color(image, text)), text)


def font_of(text: Text) -> QFont:
    font = QFont(text.family) if text.family else QFont()
    font.setPixelSize(max(1, round(text.style.size)))
    font.setBold(text.style.bold)
    font.setItalic(text.style.italic)
    absolute = QFont.SpacingType.AbsoluteSpacing
    font.setLetterSpacing(absolute, text.style.spacing * text.style.size)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _of_one_color(image: QImage, text: Text) -> Pixels8:
    """The alpha of a drawing with one exact color: rounding leaves no dark rims."""
    pixels = pixels8_of_qimage(image).copy()
    pixels[..., :3] = [round(255 * channel) for channel in text.color]
    return pixels
