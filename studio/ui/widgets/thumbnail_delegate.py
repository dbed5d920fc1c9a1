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
    return QRect(picture.right() - _STAR - 3, picture.top() + 4, _STAR, _STAR)


def _picture_rect(cell: QRect) -> QRect:
    """The picture inside its cell, in whole px: painting it is one blit."""
    return cell.adjusted(2, 2, -3, -3)


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

    def _paint_picture(self, painter: QPainter, rect: QRect, image: QImage) -> None:
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect, _rounded(image, rect.size(), ratio))

    def _paint_state(self, painter: QPainter, picture: QRect, state: QStyle.StateFlag) -> None:
        look, rect = theme.current(), QRectF(picture)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(look.color("accent"), 2.0))
            painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), _CORNER + 1, _CORNER + 1)
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


def _rounded(image: QImage, size: QSize, ratio: float) -> QPixmap:
    """The middle of the picture with round corners, `size` view px, cached: painted once."""
    key = f"thumbnail/{image.cacheKey()}/{size.width()}x{size.height()}/{ratio}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    pixmap = QPixmap(size * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(pixmap.rect()), _CORNER * ratio, _CORNER * ratio)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if image.hasAlphaChannel():
        painter.fillPath(shape, theme.LIGHT.color("panel"))
    painter.fillPath(shape, QBrush(_middle(image, pixmap.size())))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, pixmap)
    return pixmap


def _middle(image: QImage, size: QSize) -> QImage:
    """The picture cut to exactly `size` px."""
    fitted = image.scaled(
        size,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    left, top = (fitted.width() - size.width()) // 2, (fitted.height() - size.height()) // 2
    return fitted.copy(left, top, size.width(), size.height())
