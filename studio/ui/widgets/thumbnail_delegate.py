"""How one picture of a `ThumbnailGrid` is painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPainterPath, QPen, QPixmap, QPixmapCache
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.ui import icons, theme

IMAGE_ROLE = int(Qt.ItemDataRole.UserRole)
STAR_ROLE = IMAGE_ROLE + 1

_CORNER = 4.0
_STAR = 14


def star_rect(cell: QRect) -> QRect:
    """Where the star of a picture is, and can be clicked."""
    picture = _picture_rect(cell)
    return QRect(round(picture.right()) - _STAR - 4, round(picture.top()) + 4, _STAR, _STAR)


def _picture_rect(cell: QRect) -> QRectF:
    """The picture inside its cell: the gap is shared by all sides."""
    return QRectF(cell).adjusted(2.5, 2.5, -2.5, -2.5)


class ThumbnailDelegate(QStyledItemDelegate):
    """Rounded pictures; accent outline when selected, a star for favorites.

    Transparent pictures stand on white paper, as they would on most pages.
    """

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The grid keeps its icon size equal to its cells."""
        return option.decorationSize

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        cell, state = option.rect, option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = _picture_rect(cell)
        self._paint_picture(painter, rect, index.data(IMAGE_ROLE))
        self._paint_state(painter, rect, state)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        self._paint_star(painter, star_rect(cell), index.data(STAR_ROLE), hovered)
        painter.restore()

    def _paint_picture(self, painter: QPainter, rect: QRectF, image: QImage) -> None:
        ratio = painter.device().devicePixelRatioF()
        scaled = _scaled(image, rect.size().toSize() * ratio)
        path = QPainterPath()
        path.addRoundedRect(rect, _CORNER, _CORNER)
        if image.hasAlphaChannel():
            painter.fillPath(path, theme.LIGHT.color("panel"))
        brush = QBrush(scaled)
        transform = painter.transform()
        painter.translate(rect.topLeft())
        painter.scale(rect.width() / scaled.width(), rect.height() / scaled.height())
        inner = QPainterPath()
        radius = _CORNER * scaled.width() / rect.width()
        inner.addRoundedRect(QRectF(0, 0, scaled.width(), scaled.height()), radius, radius)
        painter.fillPath(inner, brush)
        painter.setTransform(transform)

    def _paint_state(self, painter: QPainter, rect: QRectF, state: QStyle.StateFlag) -> None:
        look = theme.current()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(look.color("accent"), 2.0))
            painter.drawRoundedRect(rect.adjusted(-1.5, -1.5, 1.5, 1.5), _CORNER + 1, _CORNER + 1)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(look.color("secondary"), 1.0))
            painter.drawRoundedRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5), _CORNER, _CORNER)

    def _paint_star(
        self, painter: QPainter, rect: QRect, starred: bool | None, hovered: bool
    ) -> None:
        """The empty star invites only under the pointer."""
        if starred is None or not (starred or hovered):
            return
        ratio = painter.device().devicePixelRatioF()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.fade(theme.DARK.color("well"), 0.55))
        painter.drawEllipse(QPointF(rect.center()) + QPointF(0.5, 0.5), 9.0, 9.0)
        name = "star-filled" if starred else "star"
        painter.drawPixmap(rect, icons.pixmap(name, _STAR, theme.DARK.color("attention"), ratio))


def _scaled(image: QImage, size: QSize) -> QPixmap:
    """The middle of the picture at exactly `size` device px, cached."""
    key = f"thumbnail/{image.cacheKey()}/{size.width()}x{size.height()}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    fitted = image.scaled(
        size,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    left, top = (fitted.width() - size.width()) // 2, (fitted.height() - size.height()) // 2
    pixmap = QPixmap.fromImage(fitted.copy(left, top, size.width(), size.height()))
    QPixmapCache.insert(key, pixmap)
    return pixmap
