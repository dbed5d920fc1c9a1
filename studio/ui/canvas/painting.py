"""Painting the document: page, checkerboard and display tiles, in whole device px."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPixmap

from studio.app.canvas_renderer import CanvasRenderer
from studio.app.canvas_tiles import TileKey, keys_in
from studio.core.image import Rect
from studio.ui import theme
from studio.ui.canvas.view_transform import ViewTransform

NEAREST_ABOVE = 2.0  # from here on a person looks at pixels, not at a picture
SHADOW = 14  # view px
# Transparency is light grey in every editor, whatever the theme; white would outshine the picture.
CHECKER = (QColor("#DCDEE3"), QColor("#CDD0D7"))
CHECKER_CELL = 8  # view px


def level_for(scale: float) -> int:
    """The coarsest level that still has a px for each device px, at `scale` device px per px."""
    return max(0, math.floor(-math.log2(scale) + 1e-6))


class DocumentPainter:
    """Paints one frame. Only blits: every pixel was made in the lane."""

    def __init__(
        self, renderer: CanvasRenderer, document: Rect, transform: ViewTransform, ratio: float
    ) -> None:
        self._renderer = renderer
        self._document = document
        self._transform = transform
        self._ratio = ratio
        self._scale = transform.zoom * ratio  # device px per document px
        self._origin = (round(transform.x * ratio), round(transform.y * ratio))
        self.level = level_for(self._scale)

    @property
    def page(self) -> QRect:
        """The document in device px."""
        return self._device_rect(self._document)

    def region(self, area: QRectF) -> Rect:
        """The part of the document that shows in `area` (view px)."""
        shown = self._transform.rect_to_document(area)
        left, top = math.floor(shown.left()), math.floor(shown.top())
        right, bottom = math.ceil(shown.right()), math.ceil(shown.bottom())
        return Rect.from_edges(left, top, right, bottom).intersect(self._document)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Page and tiles inside `area` (view px)."""
        painter.save()
        painter.scale(1 / self._ratio, 1 / self._ratio)
        self._paint_shadow(painter)
        smooth = self._transform.zoom < NEAREST_ABOVE
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.setBrushOrigin(QPointF(*self._origin))
        checker = _checkerboard(max(1, round(CHECKER_CELL * self._ratio)))
        for key in keys_in(self.level, self.region(area)):
            self._paint_tile(painter, key, checker)
        painter.restore()

    def _paint_tile(self, painter: QPainter, key: TileKey, checker: QBrush) -> None:
        target = self._device_rect(key.rect.intersect(self._document))
        image, source = self._image(key)
        if image.format() != QImage.Format.Format_RGB32:
            painter.fillRect(target, checker)
        if not image.isNull():
            painter.drawImage(QRectF(target), image, source)

    def _image(self, key: TileKey) -> tuple[QImage, QRectF]:
        """What to draw for a tile, and which part of it."""
        image = self._renderer.tile(*key)
        if image is not None:
            return image, QRectF(image.rect())
        image, source = self._renderer.stand_in(*key) or (QImage(), QRectF())
        return image, source.intersected(QRectF(image.rect()))

    def _paint_shadow(self, painter: QPainter) -> None:
        shade = theme.fade(QColor(Qt.GlobalColor.black), 0.045)
        page = self.page
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        for spread in range(2, SHADOW, 2):
            margin = round(spread * self._ratio)
            down = round(2 * self._ratio)
            around = page.adjusted(-margin, -margin + down, margin, margin + down)
            painter.drawRoundedRect(around, margin, margin)

    def _device_rect(self, rect: Rect) -> QRect:
        """Edges rounded alike for neighbors: no seams between tiles."""
        x, y = self._origin
        left, right = round(rect.x * self._scale), round(rect.right * self._scale)
        top, bottom = round(rect.y * self._scale), round(rect.bottom * self._scale)
        return QRect(x + left, y + top, right - left, bottom - top)


@cache
def _checkerboard(cell: int) -> QBrush:
    image = QImage(2 * cell, 2 * cell, QImage.Format.Format_RGB32)
    image.fill(CHECKER[0])
    painter = QPainter(image)
    painter.fillRect(0, 0, cell, cell, CHECKER[1])
    painter.fillRect(cell, cell, cell, cell, CHECKER[1])
    painter.end()
    return QBrush(QPixmap.fromImage(image))
