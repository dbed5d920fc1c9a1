"""How one picture of a `ThumbnailGrid` is painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap, QPixmapCache
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.ui import icons, theme
from studio.ui.widgets.picture_view import paint_picture

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
    """Whole pictures with round corners; accent outline when selected, a star for favorites."""

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
        state = option.state
        paint_thumbnail(
            painter,
            option.rect,
            index.data(IMAGE_ROLE),
            selected=bool(state & QStyle.StateFlag.State_Selected),
            hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            starred=index.data(STAR_ROLE),
        )


def paint_thumbnail(
    painter: QPainter,
    cell: QRect,
    image: QImage,
    *,
    selected: bool = False,
    hovered: bool = False,
    starred: bool | None = None,
) -> None:
    """A picture in its cell; `starred` None: it cannot have a star."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect = _fitted(image, _picture_rect(cell))
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(rect, _rounded(image, rect.size(), ratio))
    _paint_outline(painter, QRectF(rect), selected, hovered)
    _paint_star(painter, star_rect(cell), starred, hovered)
    painter.restore()


def _paint_outline(painter: QPainter, rect: QRectF, selected: bool, hovered: bool) -> None:
    look = theme.current()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if selected:
        painter.setPen(QPen(look.color("accent"), 2.0))
        painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), _CORNER + 1, _CORNER + 1)
    elif hovered:
        painter.setPen(QPen(look.color("secondary"), 1.0))
        painter.drawRoundedRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5), _CORNER, _CORNER)


def _paint_star(painter: QPainter, rect: QRect, starred: bool | None, hovered: bool) -> None:
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
    """The picture with round corners, `size` view px, cached: painted once."""
    key = f"thumbnail/{image.cacheKey()}/{size.width()}x{size.height()}/{ratio}"
    key += f"/{theme.current().checker}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    pixmap = QPixmap(size * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    small = image.scaled(pixmap.size(), mode=Qt.TransformationMode.SmoothTransformation)
    paint_picture(painter, QRectF(pixmap.rect()), small, _CORNER * ratio)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, pixmap)
    return pixmap


def _fitted(image: QImage, room: QRect) -> QRect:
    """Where a whole picture is in a room for it; one that nearly fills it does."""
    size = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    if room.width() - size.width() <= 1 and room.height() - size.height() <= 1:
        return room
    place = QRect(room.topLeft(), size)
    place.moveCenter(room.center())
    return place
