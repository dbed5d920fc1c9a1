"""One picture, as large as the place allows, with round corners."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QElapsedTimer,
    QMimeData,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    QVariantAnimation,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from studio.ui import theme
from studio.ui.widgets.checkerboard import CHECKER_CELL, checkerboard
from studio.ui.widgets.cover import cover

CORNER = 5.0
FADE_MS = 120
REST_MS = 250  # a picture that comes sooner than this after another follows a hand


class PictureView(QWidget):
    """Shows a whole image as large as fits, or an empty square well.

    Another image fades in, unless it follows a drag, keys that are held, or a film, or `fades` is
    False.
    Emits `clicked()`, `opened()` on a double-click and `menu_requested(QPoint)` with a global
    position. With `set_drag` the picture can be dragged away.
    """

    clicked = Signal()
    opened = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, name: str, side: int = 0, parent: QWidget | None = None) -> None:
        """`side` fixes the size in px; 0 fills the width."""
        super().__init__(parent)
        self.fades = True
        self._image: QImage | None = None
        self._before: QImage | None = None  # what the image fades in over
        self._since_image = QElapsedTimer()
        self._fade = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=FADE_MS)
        self._fade.valueChanged.connect(lambda _share: self.update())
        self._mime: Callable[[], QMimeData] | None = None
        self._pressed: QPoint | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if side:
            self.setFixedSize(side, side)

    def image(self) -> QImage | None:
        return self._image

    def set_image(self, image: QImage | None) -> None:
        if image is self._image:
            return
        self._fade.stop()
        if self.fades and self.isVisible() and not self._follows_a_hand():
            self._before = self._image
            self._fade.start()
        self._since_image.start()
        self._image = image
        self.update()

    @property
    def fading(self) -> bool:
        return self._fade.state() == QVariantAnimation.State.Running

    def _follows_a_hand(self) -> bool:
        soon = self._since_image.isValid() and self._since_image.elapsed() < REST_MS
        return soon or bool(QApplication.mouseButtons())

    def set_drag(self, mime: Callable[[], QMimeData]) -> None:
        """Let the picture be dragged out; `mime` says what it carries."""
        self._mime = mime

    def frame(self) -> QRectF:
        """Where the picture is, in px."""
        shape = QSizeF(1.0, 1.0) if self._image is None else QSizeF(self._image.size())
        size = shape.scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(QPointF((self.width() - size.width()) / 2, 0.0), size)

    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, 48)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._mime is None or self._image is None:
            return
        distance = (event.position().toPoint() - self._pressed).manhattanLength()
        if distance >= QApplication.startDragDistance():
            self._pressed = None
            self._drag_away(self._mime(), self._image)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._pressed is not None:
            self._pressed = None
            self.clicked.emit()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.opened.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.fading:
            paint_picture(painter, self.frame(), self._before)
            painter.setOpacity(self._fade.currentValue())
        paint_picture(painter, self.frame(), self._image)
        painter.setOpacity(1.0)
        if self.hasFocus():
            painter.setPen(QPen(theme.current().color("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.frame().adjusted(1, 1, -1, -1), CORNER, CORNER)

    def _drag_away(self, mime: QMimeData, image: QImage) -> None:
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.setPixmap(QPixmap.fromImage(image).scaledToWidth(72))
        drag.exec(Qt.DropAction.CopyAction)


def paint_picture(
    painter: QPainter, rect: QRectF, image: QImage | None, corner: float = CORNER
) -> None:
    """Fill a rounded rectangle with an image; a checkerboard shows where it is transparent."""
    path = QPainterPath()
    path.addRoundedRect(rect, corner, corner)
    painter.save()
    if image is None or image.isNull():
        painter.fillPath(path, theme.current().color("well"))
    else:
        if image.hasAlphaChannel():
            painter.fillPath(path, checkerboard(CHECKER_CELL, theme.current()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(path)
        painter.drawImage(rect, image, cover(image, rect))
    painter.restore()
