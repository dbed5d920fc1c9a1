"""Painting the document in device px: page, checkerboard and display tiles."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from studio.app.canvas_renderer import CanvasRenderer
from studio.app.canvas_tiles import keys_in
from studio.core.image import Rect
from studio.ui import theme
from studio.ui.canvas.view_transform import ViewTransform
from studio.ui.widgets.checkerboard import checkerboard

NEAREST_ABOVE = 2.0  # zoom: from here on a person looks at pixels, not at a picture
SHADOW = 14  # view px
# Transparency is light grey in every editor, whatever the theme; white would outshine the picture.
CHECKER_CELL = 8  # view px
SMOOTH_SECONDS = 0.004  # of a frame, for smooth scaling; what does not fit is refined later
# Smooth scaling of 96 rows or more waits for Qt's thread pool, which waits for a core behind the
# lanes: for each tile of each frame. Less is done at once, here.
BAND = 64  # device px


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the document lies, in whole device px: `scale` of them for each document px."""

    document: Rect
    ratio: float
    scale: float
    origin: QPoint

    @classmethod
    def of(cls, document: Rect, transform: ViewTransform, ratio: float) -> Frame:
        origin = QPoint(round(transform.x * ratio), round(transform.y * ratio))
        return cls(document, ratio, transform.zoom * ratio, origin)

    @property
    def level(self) -> int:
        """The coarsest level that still has a px for each device px."""
        return max(0, math.floor(-math.log2(self.scale) + 1e-6))

    @property
    def smooth(self) -> bool:
        return self.scale / self.ratio < NEAREST_ABOVE

    def is_panned_from(self, other: Frame) -> bool:
        """Whether the two differ in `origin` at most."""
        mine = (self.document, self.ratio, self.scale)
        return mine == (other.document, other.ratio, other.scale)

    def to_device(self, rect: Rect) -> QRect:
        """Edges rounded alike for neighbors: no seams between tiles."""
        left, right = round(rect.x * self.scale), round(rect.right * self.scale)
        top, bottom = round(rect.y * self.scale), round(rect.bottom * self.scale)
        return QRect(left, top, right - left, bottom - top).translated(self.origin)

    def to_document(self, area: QRect) -> Rect:
        """The part of the document that touches `area`."""
        left, top = area.left() - self.origin.x(), area.top() - self.origin.y()
        right, bottom = left + area.width(), top + area.height()
        return Rect.from_edges(
            math.floor(left / self.scale),
            math.floor(top / self.scale),
            math.ceil(right / self.scale),
            math.ceil(bottom / self.scale),
        ).intersect(self.document)


class Backdrop:
    """The document as it was painted last, in a picture of the view's size.

    Panning shifts it and repaints what came into view; tiles that arrive repaint their place; all
    else (overlays, the pointer) costs one blit. Zooming repaints everything, but roughly: what is
    `rough` is made smooth in the frames that follow, a few ms in each. Belongs to the view.
    """

    def __init__(self, renderer: CanvasRenderer) -> None:
        self._renderer = renderer
        self._image = QImage()
        self._frame: Frame | None = None
        self._outdated = QRegion()  # device px
        self._rough = QRegion()  # device px, up to date but not smooth

    @property
    def rough(self) -> bool:
        """Whether another frame would look better."""
        return not self._rough.isEmpty()

    def invalidate(self, rect: Rect) -> None:
        """Document px that look different now."""
        if self._frame is not None:
            self._outdated += self._frame.to_device(rect).adjusted(-1, -1, 1, 1)

    def discard(self) -> None:
        """Everything looks different: colors of the theme, say."""
        self._frame = None

    def image(self, frame: Frame, size: QRect) -> QImage:
        """The up-to-date picture of `size` device px."""
        before, self._frame = self._frame, frame
        seconds = SMOOTH_SECONDS
        if self._image.rect() != size:
            self._image, before = QImage(size.size(), QImage.Format.Format_RGB32), None
        if before is None or not frame.is_panned_from(before):
            self._outdated = QRegion(size)
            seconds = math.inf if before is None else 0.0
        elif before.origin != frame.origin:
            self._shift(frame.origin - before.origin)
        self._outdated &= size
        self._rough = (self._rough & size) - self._outdated
        self._repaint(frame, time.perf_counter() + seconds)
        return self._image

    def _shift(self, by: QPoint) -> None:
        shifted = QImage(self._image.size(), self._image.format())
        painter = QPainter(shifted)
        painter.drawImage(by, self._image)
        painter.end()
        self._image = shifted
        everything = QRegion(shifted.rect())
        self._outdated = self._outdated.translated(by) + (everything - everything.translated(by))
        self._rough.translate(by)

    def _repaint(self, frame: Frame, smooth_until: float) -> None:
        """Everything outdated, then what is rough, both smoothly as long as there is time."""
        outdated, self._outdated = self._outdated, QRegion()
        rough, self._rough = self._rough, QRegion()
        painter = QPainter(self._image)
        paint_surround(painter, frame, outdated)
        outdated &= frame.to_device(frame.document)
        if frame.smooth:
            outdated = self._paint_smoothly(painter, frame, outdated, smooth_until)
            rough = self._paint_smoothly(painter, frame, rough, smooth_until)
            self._rough = rough + outdated
        self._paint(painter, frame, outdated)
        painter.end()

    def _paint_smoothly(
        self, painter: QPainter, frame: Frame, region: QRegion, until: float
    ) -> QRegion:
        """What is left of `region` when the time is up."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        for band in _bands(region):
            if time.perf_counter() >= until:
                break
            self._paint(painter, frame, band)
            region -= band
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        return region

    def _paint(self, painter: QPainter, frame: Frame, region: QRegion) -> None:
        for area in region:  # type: ignore[attr-defined]  # missing in its stubs
            painter.setClipRect(area)
            paint_tiles(painter, frame, area, self._renderer)


def _bands(region: QRegion) -> Iterator[QRegion]:
    """A region from top to bottom, at most `BAND` rows at a time."""
    area = region.boundingRect()
    for top in range(area.top(), area.bottom() + 1, BAND):
        band = region & QRect(area.left(), top, area.width(), BAND)
        if not band.isEmpty():
            yield band


def paint_tiles(painter: QPainter, frame: Frame, area: QRect, renderer: CanvasRenderer) -> None:
    """Page and tiles inside `area`. Only blits: every pixel was made in the lane."""
    checker = checkerboard(max(1, round(CHECKER_CELL * frame.ratio)), theme.current())
    painter.setBrushOrigin(frame.origin)
    for key in keys_in(frame.level, frame.to_document(area)):
        target = frame.to_device(key.rect.intersect(frame.document))
        image, source = renderer.best(*key) or (QImage(), QRectF())
        if image.format() != QImage.Format.Format_RGB32:
            painter.fillRect(target, checker)
        if not image.isNull():
            painter.drawImage(QRectF(target), image, source)


def paint_surround(painter: QPainter, frame: Frame, region: QRegion) -> None:
    """Around the page, as far as that lies in `region`: the well, and a soft edge on it."""
    page = frame.to_device(frame.document)
    around = region - QRegion(page)
    if around.isEmpty():
        return
    down = round(2 * frame.ratio)
    painter.save()
    painter.setClipRegion(around)
    painter.fillRect(around.boundingRect(), theme.current().color("well"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.fade(QColor(Qt.GlobalColor.black), 0.03))
    for spread in range(2, SHADOW, 2):
        margin = round(spread * frame.ratio)
        edge = page.adjusted(-margin, -margin + down, margin, margin + down)
        painter.drawRoundedRect(edge, margin, margin)
    painter.restore()
