"""How a row of the layers panel is painted and clicked."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.core.document import Layer
from studio.ui import icons, theme
from studio.ui.layers.layer_model import LAYER_ROLE, THUMBNAIL_ROLE
from studio.ui.widgets.checkerboard import checkerboard

ROW = 38
_MARGIN = 14
_EYE = 18
_THUMB = 30
_TEXT_X = _MARGIN + _EYE + 10 + _THUMB + 10
_NUMBER = 48
_CHECKER = 5

Index = QModelIndex | QPersistentModelIndex


class LayerDelegate(QStyledItemDelegate):
    """Eye, thumbnail, name over kind and blend mode, opacity. Emits `eye_clicked(str)`, an id."""

    eye_clicked = Signal(str)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        layer: Layer = index.data(LAYER_ROLE)
        rect = option.rect
        look = theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.fillRect(rect, look.color("selection" if selected else "field"))
        self._paint_eye(painter, eye_rect(rect), layer.visible, hovered)
        if not layer.visible:
            painter.setOpacity(0.55)
        _paint_thumbnail(painter, thumbnail_rect(rect), index.data(THUMBNAIL_ROLE))
        _paint_texts(painter, rect, layer, option.font)
        painter.restore()

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
        if event.type() in kinds and isinstance(event, QMouseEvent):
            near = eye_rect(option.rect).adjusted(-8, -10, 4, 10)
            if event.button() == Qt.MouseButton.LeftButton and near.contains(
                event.position().toPoint()
            ):
                self.eye_clicked.emit(index.data(LAYER_ROLE).id)
                return True
        return super().editorEvent(event, model, option, index)

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
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        rect = option.rect
        width = rect.width() - _TEXT_X - _NUMBER - _MARGIN + 14
        editor.setGeometry(rect.x() + _TEXT_X - 7, rect.y() + 5, width, 28)

    def _paint_eye(self, painter: QPainter, rect: QRect, visible: bool, hovered: bool) -> None:
        look = theme.current()
        color = look.icon if visible and hovered else look.secondary
        painter.drawPixmap(rect, _eye(visible, color, painter.device().devicePixelRatioF()))


def eye_rect(row: QRect) -> QRect:
    """Where the eye is, in the view's px."""
    return QRect(row.x() + _MARGIN, row.center().y() - _EYE // 2, _EYE, _EYE)


def second_line(layer: Layer) -> str:
    """What the layer is made of and how it is laid over the others: ``latent · Normal``."""
    kinds = {"generated": "latent", "imported": "picture", "painted": ""}
    parts = [kinds[layer.provenance.kind], layer.blend.capitalize()]
    if layer.edits:
        parts.append(f"{len(layer.edits)} edit{'s' if len(layer.edits) > 1 else ''}")
    return " · ".join(part for part in parts if part)


def thumbnail_rect(row: QRect) -> QRectF:
    """Where the picture is, in the view's px."""
    x = row.x() + _MARGIN + _EYE + 10
    return QRectF(x, row.center().y() - _THUMB / 2 + 0.5, _THUMB, _THUMB)


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


@cache
def _eye(visible: bool, color: str, ratio: float) -> QPixmap:
    """The drawing in a color of the theme; kept, because a slider repaints every row."""
    return icons.pixmap("eye" if visible else "eye-off", _EYE, QColor(color), ratio)


def _paint_texts(painter: QPainter, rect: QRect, layer: Layer, font: QFont) -> None:
    text = QRect(rect.x() + _TEXT_X, rect.y(), rect.width() - _TEXT_X - _NUMBER - _MARGIN, ROW)
    upper, lower = text.adjusted(0, 4, 0, -ROW // 2), text.adjusted(0, ROW // 2 - 1, 0, -4)
    start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    middle = Qt.AlignmentFlag.AlignVCenter
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    _paint_line(painter, upper, layer.name, bold, "text", start | middle)
    small = QFont(font)
    small.setPixelSize(theme.SECONDARY_PX)
    _paint_line(painter, lower, second_line(layer), small, "secondary", start | middle)
    number = QRect(rect.right() - _MARGIN - _NUMBER + 1, rect.y(), _NUMBER, ROW)
    figures = theme.tabular_font()
    _paint_line(painter, number, f"{layer.opacity * 100:.0f} %", figures, "secondary", end | middle)


def _paint_line(
    painter: QPainter, rect: QRect, text: str, font: QFont, token: str, where: Qt.AlignmentFlag
) -> None:
    painter.setFont(font)
    painter.setPen(theme.current().color(token))
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(where), elided)
