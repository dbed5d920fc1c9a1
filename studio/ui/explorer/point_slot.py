"""A place for one latent point: dropped into, dragged from, filled by a click or by Space."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from studio.core.latent import LatentPoint
from studio.ui import icons, theme
from studio.ui.latent_mime import mime_of, take_latent
from studio.ui.widgets.picture_view import CORNER, PictureView

_PLUS = 18  # px
_EMPTY = "Take the picture in view, or drop one here"
_ROOM_FOR_WORDS = 120  # px; in a smaller place, the tooltip alone says what it is for
_TEXT_MARGIN = 14


class PointSlot(PictureView):
    """Shows a point's picture, or a plus. Emits `dropped(LatentPoint)`.

    `menu_requested(QPoint)` is emitted for a slot that holds a point only.
    """

    dropped = Signal(object)

    def __init__(self, name: str, side: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(name, side, parent)
        self.point: LatentPoint | None = None
        self._in_view = False
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the canvas
        self.setToolTip(_EMPTY)
        self.set_drag(self._mime_of_point)

    def set_point(self, point: LatentPoint | None, image: QImage | None) -> None:
        self.point = point
        self.set_image(image)
        self.setToolTip(_EMPTY if point is None else point.describe())

    def set_in_view(self, in_view: bool) -> None:
        """Whether its point is the one that the whole explorer is at."""
        if in_view != self._in_view:
            self._in_view = in_view
            self.update()

    def _mime_of_point(self) -> QMimeData:
        assert self.point is not None, "an empty slot has no image, and so no drag"
        return mime_of(self.point)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space is a click, as on a button."""
        if event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.clicked.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        take_latent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        point = take_latent(event)
        if point is not None:
            self.dropped.emit(point)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter, look = QPainter(self), theme.current()
        if self.point is None:
            self._paint_invitation(painter, look.color("secondary"))
        elif self._in_view:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(look.color("accent"), 2.0))
            painter.drawRoundedRect(self.frame().adjusted(1, 1, -1, -1), CORNER, CORNER)

    def _paint_invitation(self, painter: QPainter, color: QColor) -> None:
        frame = self.frame()
        plus = icons.pixmap("add", _PLUS, color, self.devicePixelRatioF())
        painter.drawPixmap(frame.center() - QPointF(_PLUS / 2, _PLUS / 2), plus)
        if frame.width() < _ROOM_FOR_WORDS:
            return
        below = frame.adjusted(_TEXT_MARGIN, 0, -_TEXT_MARGIN, 0)
        below.setTop(frame.center().y() + _PLUS)
        painter.setPen(color)
        painter.setFont(theme.ui_font(theme.SECONDARY_PX))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(below, int(flags), _EMPTY)
