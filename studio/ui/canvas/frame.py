"""A rectangle with handles on the canvas: what is grabbed, and what dragging makes of it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTransform

from studio.ui import theme

Grip: TypeAlias = Literal[
    "top left",
    "top",
    "top right",
    "right",
    "bottom right",
    "bottom",
    "bottom left",
    "left",
    "knob",
    "inside",
]

HANDLE = 8.0  # view px, side of a handle
GRAB = 9.0  # view px, how far from a handle's middle the pointer still takes it
KNOB_DISTANCE = 24.0  # view px from the top edge to the rotation knob
CORNERS: tuple[Grip, ...] = ("top left", "top right", "bottom right", "bottom left")
EDGES: tuple[Grip, ...] = ("top", "right", "bottom", "left")

_SLANT_DOWN, _SLANT_UP = Qt.CursorShape.SizeFDiagCursor, Qt.CursorShape.SizeBDiagCursor
_CURSORS: dict[Grip, Qt.CursorShape] = {
    "top left": _SLANT_DOWN,
    "bottom right": _SLANT_DOWN,
    "top right": _SLANT_UP,
    "bottom left": _SLANT_UP,
    "top": Qt.CursorShape.SizeVerCursor,
    "bottom": Qt.CursorShape.SizeVerCursor,
    "left": Qt.CursorShape.SizeHorCursor,
    "right": Qt.CursorShape.SizeHorCursor,
    "knob": Qt.CursorShape.PointingHandCursor,
    "inside": Qt.CursorShape.SizeAllCursor,
}


def grip_position(rect: QRectF, grip: Grip) -> QPointF:
    """The middle of a handle of `rect` (view px)."""
    middle = rect.center()
    x = rect.left() if "left" in grip else rect.right() if "right" in grip else middle.x()
    y = rect.top() if "top" in grip else rect.bottom() if "bottom" in grip else middle.y()
    return QPointF(x, rect.top() - KNOB_DISTANCE) if grip == "knob" else QPointF(x, y)


def grip_at(rect: QRectF, point: QPointF, grips: tuple[Grip, ...]) -> Grip | None:
    """Which of `grips` lies under the view position; ``inside`` counts last."""
    for grip in grips:
        if QLineF(grip_position(rect, grip), point).length() <= GRAB:
            return grip
    return "inside" if rect.contains(point) else None


def grip_cursor(grip: Grip | None) -> Qt.CursorShape:
    return _CURSORS[grip] if grip is not None else Qt.CursorShape.ArrowCursor


def dragged(rect: QRectF, grip: Grip, by: QPointF) -> QRectF:
    """`rect` with the grabbed corner, edge or whole moved; sides may pass one another."""
    if grip == "inside":
        return rect.translated(by)
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    left += by.x() if "left" in grip else 0.0
    right += by.x() if "right" in grip else 0.0
    top += by.y() if "top" in grip else 0.0
    bottom += by.y() if "bottom" in grip else 0.0
    return QRectF(QPointF(left, top), QPointF(right, bottom)).normalized()


def proportional(rect: QRectF, grip: Grip, by: QPointF) -> QRectF:
    """Like `dragged` at a corner, with the proportions of `rect` kept."""
    free = dragged(rect, grip, by)
    factor = max(free.width() / rect.width(), free.height() / rect.height())
    width, height = rect.width() * factor, rect.height() * factor
    left = rect.right() - width if "left" in grip else rect.left()
    top = rect.bottom() - height if "top" in grip else rect.top()
    return QRectF(left, top, width, height)


def turned(point: QPointF, middle: QPointF, degrees: float) -> QPointF:
    """`point` turned clockwise about `middle`."""
    return QTransform().rotate(degrees).map(point - middle) + middle


def paint_frame(
    painter: QPainter, rect: QRectF, grips: tuple[Grip, ...], angle: float = 0.0
) -> None:
    """Outline and handles (view px), turned clockwise by `angle` degrees about the middle."""
    painter.save()
    painter.translate(rect.center())
    painter.rotate(angle)
    painter.translate(-rect.center())
    _paint_upright(painter, rect, grips)
    painter.restore()


def _paint_upright(painter: QPainter, rect: QRectF, grips: tuple[Grip, ...]) -> None:
    colors = theme.current()
    crisp = QRectF(rect.toRect()).translated(0.5, 0.5)
    pen = QPen(colors.color("accent"), 1.0)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(crisp)
    painter.setBrush(colors.color("handle"))
    for grip in grips:
        middle = grip_position(crisp, grip)
        if grip == "knob":
            painter.drawEllipse(middle, HANDLE / 2, HANDLE / 2)
        else:
            corner = middle - QPointF(HANDLE / 2, HANDLE / 2)
            painter.drawRoundedRect(QRectF(corner.x(), corner.y(), HANDLE, HANDLE), 1.5, 1.5)
