"""A quadrilateral with handles: what is grabbed, and what dragging and numbers make of it."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, TypeAlias

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF, QTransform

from studio.app.free_transform import Quad, quad_map, rect_quad
from studio.ui import theme
from studio.ui.canvas.frame import CORNERS, EDGES, GRAB, HANDLE, Grip

QuadGrip: TypeAlias = Grip | Literal["pivot", "outside"]

_UNIT = rect_quad(QRectF(0, 0, 1, 1))
_PIVOT = 6.0  # view px, radius of its cross
_LEAST = 0.005  # of its size: a layer that is scaled never vanishes


class Measures(NamedTuple):
    """A quadrilateral relative to the rectangle that it was, in numbers.

    `x`, `y` are its middle in px, `width` and `height` percent, `angle` and `skew` degrees.
    """

    x: float
    y: float
    width: float
    height: float
    angle: float
    skew: float


def middle(quad: Quad) -> QPointF:
    """Where the middle of the rectangle appears."""
    return quad_map(_UNIT, quad).map(QPointF(0.5, 0.5))


def grip_position(quad: Quad, grip: Grip) -> QPointF:
    if grip in CORNERS:
        return quad[CORNERS.index(grip)]
    first = EDGES.index(grip)
    return (quad[first] + quad[(first + 1) % 4]) / 2


def grip_at(quad: Quad, place: QPointF) -> QuadGrip:
    """What lies under `place`; all in view px."""
    for grip in (*CORNERS, *EDGES):
        if QLineF(grip_position(quad, grip), place).length() <= GRAB:
            return grip
    inside = QPolygonF(quad).containsPoint(place, Qt.FillRule.OddEvenFill)
    return "inside" if inside else "outside"


def mapped(quad: Quad, transform: QTransform) -> Quad:
    first, second, third, fourth = (transform.map(corner) for corner in quad)
    return first, second, third, fourth


def shifted(quad: Quad, by: QPointF) -> Quad:
    return mapped(quad, QTransform.fromTranslate(by.x(), by.y()))


def turned(quad: Quad, about: QPointF, degrees: float) -> Quad:
    """Clockwise."""
    turn = QTransform().translate(about.x(), about.y()).rotate(degrees)
    return mapped(quad, turn.translate(-about.x(), -about.y()))


def stretched(quad: Quad, fixed: QPointF, across: float, down: float) -> Quad:
    """Scaled along its own sides, about a place that keeps where it is."""
    scale = QTransform().translate(fixed.x(), fixed.y()).scale(across, down)
    unit = mapped(_UNIT, scale.translate(-fixed.x(), -fixed.y()))
    return mapped(unit, quad_map(_UNIT, quad))


def scaled(
    quad: Quad, grip: Grip, place: QPointF, about: QPointF | None, *, proportional: bool
) -> Quad:
    """With the grabbed handle at `place`; the opposite one, or `about`, stays."""
    to_unit = quad_map(quad, _UNIT)
    held, goal = grip_position(_UNIT, grip), to_unit.map(place)
    fixed = QPointF(1, 1) - held if about is None else to_unit.map(about)
    across = _factor(held.x(), goal.x(), fixed.x()) if held.x() != 0.5 else 1.0
    down = _factor(held.y(), goal.y(), fixed.y()) if held.y() != 0.5 else 1.0
    if proportional and grip in CORNERS:
        across = down = max(across, down, key=lambda factor: abs(factor - 1.0))
    return stretched(quad, fixed, across, down)


def skewed(quad: Quad, grip: Grip, by: QPointF) -> Quad:
    """With the grabbed side moved along itself."""
    first = EDGES.index(grip)
    side = quad[(first + 1) % 4] - quad[first]
    length = QPointF.dotProduct(side, side)
    along = side * (QPointF.dotProduct(side, by) / length) if length else QPointF()
    return _with_corners(quad, {first: along, (first + 1) % 4: along})


def distorted(quad: Quad, grip: Grip, by: QPointF) -> Quad:
    """With one corner moved."""
    return _with_corners(quad, {CORNERS.index(grip): by})


def in_perspective(quad: Quad, grip: Grip, by: QPointF) -> Quad:
    """With one corner moved along a side, and the other one of that side the other way."""
    corner = CORNERS.index(grip)
    across = abs(by.x()) >= abs(by.y())
    along = QPointF(by.x(), 0) if across else QPointF(0, by.y())
    other = (1, 0, 3, 2)[corner] if across else (3, 2, 1, 0)[corner]
    return _with_corners(quad, {corner: along, other: -along})


def measures(base: QRectF, quad: Quad) -> Measures:
    """Along the top and the left side, so that each number is what one sees there."""
    center = middle(quad)
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    width = math.hypot(across.x(), across.y())
    angle = math.degrees(math.atan2(across.y(), across.x()))
    upright = turned((QPointF(), down, QPointF(), QPointF()), QPointF(), -angle)[1]
    skew = math.degrees(math.atan2(-upright.x(), upright.y())) if upright.y() else 0.0
    return Measures(
        center.x(),
        center.y(),
        100 * width / max(base.width(), 1),
        100 * upright.y() / max(base.height(), 1),
        angle,
        (skew + 90.0) % 180.0 - 90.0,
    )


def measured(base: QRectF, quad: Quad, wanted: Measures, about: QPointF) -> Quad:
    """`quad` changed so that its numbers become the wanted ones; the rest happens about a place."""
    now = measures(base, quad)
    fixed = quad_map(quad, _UNIT).map(about)
    across, down = wanted.width / now.width, wanted.height / now.height
    quad = stretched(quad, fixed, across, down)
    if wanted.skew != now.skew:
        upright = turned(quad, about, -now.angle)
        before, after = (math.tan(math.radians(skew)) for skew in (now.skew, wanted.skew))
        shear = QTransform().translate(about.x(), about.y()).shear(before - after, 0)
        quad = mapped(upright, shear.translate(-about.x(), -about.y()))
        quad = turned(quad, about, now.angle)
    quad = turned(quad, about, wanted.angle - now.angle)
    return shifted(quad, QPointF(wanted.x - now.x, wanted.y - now.y))


def paint_quad(painter: QPainter, quad: Quad, pivot: QPointF) -> None:
    """Outline, handles and pivot, in view px."""
    colors = theme.current()
    painter.setPen(QPen(colors.color("accent"), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(QPolygonF(quad))
    painter.drawEllipse(pivot, _PIVOT, _PIVOT)
    for dx, dy in ((_PIVOT + 3, 0), (0, _PIVOT + 3)):
        painter.drawLine(pivot - QPointF(dx, dy), pivot + QPointF(dx, dy))
    painter.setBrush(colors.color("handle"))
    for grip in (*CORNERS, *EDGES):
        corner = grip_position(quad, grip) - QPointF(HANDLE / 2, HANDLE / 2)
        painter.drawRoundedRect(QRectF(corner.x(), corner.y(), HANDLE, HANDLE), 1.5, 1.5)


def _factor(held: float, goal: float, fixed: float) -> float:
    factor = (goal - fixed) / (held - fixed) if abs(held - fixed) > _LEAST else 1.0
    return math.copysign(max(abs(factor), _LEAST), factor)


def _with_corners(quad: Quad, shifts: dict[int, QPointF]) -> Quad:
    first, second, third, fourth = (
        corner + shifts.get(index, QPointF()) for index, corner in enumerate(quad)
    )
    return first, second, third, fourth
