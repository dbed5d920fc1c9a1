"""How one picture of a `ThumbnailGrid` is painted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap, QPixmapCache
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.ui import icons, theme
from studio.ui.widgets.picture_view import paint_picture

IMAGE_ROLE = int(Qt.ItemDataRole.UserRole)
STAR_ROLE = IMAGE_ROLE + 1

_CORNER = 4.0
_STAR = 14
_RIM = 3  # px of the star's shadow on each side


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


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture as it is painted: `at` is its place from the top left of its cell, in px."""

    at: QPoint
    pixmap: QPixmap
    size: QSize

    @classmethod
    def of(cls, image: QImage, cell: QSize, ratio: float) -> Thumbnail:
        """With round corners, for a screen of so many px per view px."""
        rect = _fitted(image, _picture_rect(QRect(QPoint(), cell)))
        return cls(rect.topLeft(), _rounded(image, rect.size(), ratio), rect.size())

    def paint(self, painter: QPainter, cell: QRect) -> QRect:
        """Paint it in its cell; where it is then."""
        place = QRect(cell.topLeft() + self.at, self.size)
        painter.drawPixmap(place, self.pixmap)
        return place


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
    thumbnail = Thumbnail.of(image, cell.size(), painter.device().devicePixelRatioF())
    rect = thumbnail.paint(painter, cell)
    paint_marks(painter, cell, rect, selected=selected, hovered=hovered, starred=starred)


def paint_marks(
    painter: QPainter,
    cell: QRect,
    picture: QRect,
    *,
    selected: bool,
    hovered: bool,
    starred: bool | None,
) -> None:
    """What is said of a picture: most have nothing, and cost nothing."""
    if not (selected or hovered or starred):
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_outline(painter, QRectF(picture), selected, hovered)
    if starred is not None and (starred or hovered):  # the empty star invites under the pointer
        _paint_star(painter, star_rect(cell), starred)
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


def _paint_star(painter: QPainter, rect: QRect, filled: bool) -> None:
    """Over a shadow of its own shape, so that it is seen on white as on black."""
    ratio = painter.device().devicePixelRatioF()
    shadow = rect.adjusted(-_RIM, -_RIM, _RIM, _RIM)
    ground = theme.fade(theme.DARK.color("well"), 0.7)
    painter.drawPixmap(shadow, icons.pixmap("star-filled", shadow.width(), ground, ratio))
    name = "star-filled" if filled else "star"
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
