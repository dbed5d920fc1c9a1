"""The picture in view as something to paint a region on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.core.latent import MASK_SIDE
from studio.core.region_mask import Spot
from studio.ui import theme
from studio.ui.widgets.picture_view import PictureView

_TINT = 0.45  # of the accent over what is inside, while the pointer is on the picture


class RegionView(PictureView):
    """A brush paints, with Alt or the right button it erases.

    Emits `stroked(tuple, bool)` for each stretch of a stroke: two spots, and whether it adds; then
    `finished()`. The mask shows while the pointer is here, so that the picture can be judged too.
    """

    stroked = Signal(tuple, bool)
    finished = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.fades = False
        self.radius = 0.1  # in widths of the picture
        self._mask: bytes | None = None
        self._last: Spot | None = None
        self._pointer: QPointF | None = None
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def set_mask(self, mask: bytes | None) -> None:
        self._mask = mask
        self.update()

    def set_radius(self, radius: float) -> None:
        self.radius = radius
        self.update()

    def spot(self, position: QPointF) -> Spot:
        """Where a position in px is in the picture, 0 to 1 from its top left."""
        frame = self.frame()
        away = position - frame.topLeft()
        return away.x() / frame.width(), away.y() / frame.height()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._last = self.spot(event.position())
            self._stroke(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._last is not None:
            self._stroke(event)
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._last is not None:
            self._last = None
            self.finished.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._pointer = event.position()
        self.update()

    def leaveEvent(self, _event: object) -> None:
        self._pointer = None
        self.update()

    def _stroke(self, event: QMouseEvent) -> None:
        here = self.spot(event.position())
        right = Qt.MouseButton.RightButton
        erases = right in (event.button(), event.buttons() & right)
        erases = erases or bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self.stroked.emit((self._last, here), not erases)
        self._last = here

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._pointer is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._mask is not None:
            painter.drawImage(self.frame(), _tinted(self._mask))
        self._paint_brush(painter, self._pointer)

    def _paint_brush(self, painter: QPainter, middle: QPointF) -> None:
        reach = self.radius * self.frame().width()
        circle = QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (("well", 3.0), ("text", 1.2)):  # seen on dark and on light
            painter.setPen(QPen(theme.current().color(color), width))
            painter.drawEllipse(circle)


def _tinted(mask: bytes) -> QImage:
    """The accent color, as transparent as the mask is outside."""
    shape = QImage(mask, MASK_SIDE, MASK_SIDE, MASK_SIDE, QImage.Format.Format_Alpha8)
    image = QImage(shape.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(theme.fade(theme.current().color("accent"), _TINT))
    painter = QPainter(image)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawImage(0, 0, shape)
    painter.end()
    return image
