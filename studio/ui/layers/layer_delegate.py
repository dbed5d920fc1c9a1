"""How a row of the layers panel is painted and clicked."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.core.document import Group, Layer
from studio.ui import icons, theme
from studio.ui.layers.layer_model import MASK_ROLE, ROW_ROLE, TARGET_ROLE, THUMBNAIL_ROLE
from studio.ui.layers.listed_layer import ROW, ListedLayer, RowPlaces, second_line
from studio.ui.widgets.checkerboard import checkerboard

_CHECKER = 5
_FOLDER = 20

Index = QModelIndex | QPersistentModelIndex


class LayerDelegate(QStyledItemDelegate):
    """Eye, thumbnails of pixels and mask, name over kind and blend mode, lock, opacity.

    Emits with a layer's id `eye_clicked(str)`; `fold_clicked(str)` for the folder of a group;
    `target_clicked(str, bool)` for a thumbnail, true for that of the mask; `mask_toggled(str)`
    when that was clicked with Shift.
    """

    eye_clicked = Signal(str)
    fold_clicked = Signal(str)
    target_clicked = Signal(str, bool)
    mask_toggled = Signal(str)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ListedLayer = index.data(ROW_ROLE)
        layer, places = row.layer, RowPlaces(option.rect, row)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            token = "selection" if selected else "field"
            painter.fillRect(option.rect, theme.current().color(token))
        look = theme.current()
        bright = layer.visible and hovered
        _paint_icon(
            painter,
            places.eye,
            "eye" if layer.visible else "eye-off",
            look.icon if bright else look.secondary,
        )
        if not layer.visible:
            painter.setOpacity(0.55)
        if row.clipped:
            _paint_icon(painter, places.clip, "clip-down", look.secondary)
        _paint_pictures(painter, places, layer, index)
        if layer.locks:
            _paint_icon(painter, places.lock, "lock", look.secondary)
        _paint_texts(painter, places, layer, option.font)
        painter.restore()

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
        if (
            event.type() in kinds
            and isinstance(event, QMouseEvent)
            and event.button() == Qt.MouseButton.LeftButton
            and self._clicked(event, option.rect, index)
        ):
            return True
        return super().editorEvent(event, model, option, index)

    def _clicked(self, event: QMouseEvent, rect: QRect, index: Index) -> bool:
        """Whether the press was for a part of the row, and the view need not know of it."""
        row: ListedLayer = index.data(ROW_ROLE)
        places, at = RowPlaces(rect, row), event.position()
        if places.eye.adjusted(-8, -10, 4, 10).contains(at.toPoint()):
            self.eye_clicked.emit(row.layer.id)
            return True
        if isinstance(row.layer, Group) and places.thumbnail.contains(at):
            self.fold_clicked.emit(row.layer.id)
            return True
        on_mask = places.mask is not None and places.mask.adjusted(-3, -4, 4, 4).contains(at)
        if on_mask and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.mask_toggled.emit(row.layer.id)
            return True
        if on_mask or places.thumbnail.contains(at):
            self.target_clicked.emit(row.layer.id, on_mask)
        return False

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index
    ) -> QLineEdit:
        editor = QLineEdit(parent)
        editor.setProperty("kind", "scrub")
        editor.setAccessibleName("Layer name")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """A thumbnail that arrives must not undo what has been typed."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        text = RowPlaces(option.rect, index.data(ROW_ROLE)).text
        editor.setGeometry(text.x() - 7, text.y() + 5, text.width() + 14, 28)


def _paint_pictures(painter: QPainter, places: RowPlaces, layer: Layer, index: Index) -> None:
    if isinstance(layer, Group):
        folder = "folder" if layer.collapsed else "folder-open"
        middle = places.thumbnail.center().toPoint()
        corner = middle - QPoint(_FOLDER // 2, _FOLDER // 2)
        _paint_icon(painter, QRect(corner, QSize(_FOLDER, _FOLDER)), folder, theme.current().icon)
    else:
        _paint_thumbnail(painter, places.thumbnail, index.data(THUMBNAIL_ROLE))
    if places.mask is None:
        return
    _paint_thumbnail(painter, places.mask, index.data(MASK_ROLE))
    if not layer.mask_enabled:
        _strike(painter, places.mask)
    target = index.data(TARGET_ROLE)
    if target is not None:
        _frame(painter, places.mask if target == "mask" else places.thumbnail)


def _paint_thumbnail(painter: QPainter, rect: QRectF, image: QImage | None) -> None:
    """The picture, whole, on a checkerboard that shows where it is transparent."""
    path = QPainterPath()
    path.addRoundedRect(rect, 3, 3)
    painter.save()
    painter.setClipPath(path)
    painter.fillRect(rect, checkerboard(_CHECKER, theme.current()))
    if image is not None and not image.isNull():
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scale = min(rect.width() / image.width(), rect.height() / image.height())
        place = QRectF(0, 0, image.width() * scale, image.height() * scale)
        place.moveCenter(rect.center())
        painter.drawImage(place, image)
    painter.restore()


def _frame(painter: QPainter, rect: QRectF) -> None:
    """Around what painting goes onto."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.current().color("accent"), 1.5))
    painter.drawRoundedRect(rect.adjusted(-1.5, -1.5, 1.5, 1.5), 4, 4)


def _strike(painter: QPainter, rect: QRectF) -> None:
    """Through a mask that is switched off."""
    painter.setPen(QPen(theme.current().color("attention"), 1.5))
    painter.drawLine(rect.topRight(), rect.bottomLeft())


def _paint_icon(painter: QPainter, rect: QRect, name: str, color: str) -> None:
    painter.drawPixmap(rect, _icon(name, rect.width(), color, painter.device().devicePixelRatioF()))


@cache
def _icon(name: str, size: int, color: str, ratio: float) -> QPixmap:
    """The drawing in a color of the theme; kept, because a slider repaints every row."""
    return icons.pixmap(name, size, QColor(color), ratio)


def _paint_texts(painter: QPainter, places: RowPlaces, layer: Layer, font: QFont) -> None:
    text = places.text
    upper, lower = text.adjusted(0, 4, 0, -ROW // 2), text.adjusted(0, ROW // 2 - 1, 0, -4)
    start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    middle = Qt.AlignmentFlag.AlignVCenter
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    _paint_line(painter, upper, layer.name, bold, "text", start | middle)
    small = QFont(font)
    small.setPixelSize(theme.SECONDARY_PX)
    _paint_line(painter, lower, second_line(layer), small, "secondary", start | middle)
    percent, figures = f"{layer.opacity * 100:.0f} %", theme.tabular_font()
    _paint_line(painter, places.number, percent, figures, "secondary", end | middle)


def _paint_line(
    painter: QPainter, rect: QRect, text: str, font: QFont, token: str, where: Qt.AlignmentFlag
) -> None:
    painter.setFont(font)
    painter.setPen(theme.current().color(token))
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(where), elided)
