"""A tone curve: points that are dragged in a square."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.param_values import MOST_PARTS, Curve
from studio.ui import theme
from studio.ui.widgets.captions import captioned_column

_HEIGHT = 168
_PAD = 8.0
_REACH = 10.0  # px from a point that still take it
_FAR = 28.0  # px outside, where a dragged point is thrown away
_GAP = 0.004  # between neighbors, so that x always rises
_STEP = 1 / 255  # of the arrow keys
_SAMPLES = 96
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class CurveEditor(QWidget):
    """Click adds a point, dragging moves it, out of the square or Delete removes it; the arrow
    keys nudge it and Tab goes to the next.

    Emits `changed(Curve)` while a point moves, `committed(Curve)` when it is let go.
    """

    changed = Signal(Curve)
    committed = Signal(Curve)

    def __init__(self, value: Curve, tint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve = value
        self._tint = tint
        self._held = -1
        self._chosen = 0
        self._thrown: Curve | None = None  # the curve with the point that was dragged out
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def sizeHint(self) -> QSize:
        return QSize(220, _HEIGHT)

    def value(self) -> Curve:
        return self._curve

    def set_value(self, value: Curve) -> None:
        """Show another curve; emits nothing."""
        if value != self._curve:
            self._curve = value
            self._chosen = min(self._chosen, len(value.points) - 1)
            self.update()

    # --- Places ---

    @property
    def _square(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_PAD, _PAD, -_PAD, -_PAD)

    def place_of(self, x: float, y: float) -> QPointF:
        """Where in the widget a point of the curve is drawn."""
        area = self._square
        return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height())

    def _point_at(self, place: QPointF) -> tuple[float, float]:
        area = self._square
        x = (place.x() - area.left()) / area.width()
        y = (area.bottom() - place.y()) / area.height()
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    def _nearest(self, place: QPointF) -> int:
        """The point under the mouse, or -1."""
        away = [(self.place_of(*point) - place).manhattanLength() for point in self._curve.points]
        return int(np.argmin(away)) if min(away) <= _REACH else -1

    # --- Mouse and keys ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        held = self._nearest(place)
        if event.button() == Qt.MouseButton.RightButton and held >= 0:
            self._remove(held)
            self.committed.emit(self._curve)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if held < 0 and len(self._curve.points) < MOST_PARTS:
            held = self._insert(*self._point_at(place))
        self._held = self._chosen = held
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held < 0:
            return
        inside = QRectF(self.rect()).adjusted(-_FAR, -_FAR, _FAR, _FAR).contains(event.position())
        if not inside and self._thrown is None and self._is_inner(self._held):
            self._thrown = self._curve
            self._remove(self._held)
        elif inside:
            if self._thrown is not None:
                self._curve, self._thrown = self._thrown, None
            self._move(self._held, *self._point_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._held >= 0:
            self._held, self._thrown = -1, None
            self.committed.emit(self._curve)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if arrow is not None:
            stride = _STEP * (10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            x, y = self._curve.points[self._chosen]
            self._move(self._chosen, x + arrow[0] * stride, y + arrow[1] * stride)
            self.committed.emit(self._curve)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove(self._chosen)
            self.committed.emit(self._curve)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from point to point before it leaves."""
        following = self._chosen + (1 if forward else -1)
        if 0 <= following < len(self._curve.points):
            self._chosen = following
            self.update()
            return True
        return super().focusNextPrevChild(forward)

    # --- Changing ---

    def _is_inner(self, index: int) -> bool:
        return 0 < index < len(self._curve.points) - 1

    def _insert(self, x: float, y: float) -> int:
        """A new point, where there is room for it; else the nearest one is taken."""
        points = self._curve.points
        index = sum(point[0] < x for point in points)
        if any(abs(point[0] - x) < _GAP for point in points):
            return int(np.argmin([abs(point[0] - x) for point in points]))
        self._show((*points[:index], (x, y), *points[index:]))
        return index

    def _move(self, index: int, x: float, y: float) -> None:
        """Between its neighbors."""
        points = self._curve.points
        low = points[index - 1][0] + _GAP if index > 0 else 0.0
        high = points[index + 1][0] - _GAP if index < len(points) - 1 else 1.0
        moved = (round(min(max(x, low), high), 4), round(min(max(y, 0.0), 1.0), 4))
        self._show((*points[:index], moved, *points[index + 1 :]))

    def _remove(self, index: int) -> None:
        if self._is_inner(index):
            points = self._curve.points
            self._chosen = index - 1
            self._show((*points[:index], *points[index + 1 :]))

    def _show(self, points: tuple[tuple[float, float], ...]) -> None:
        if points != self._curve.points and all(a[0] < b[0] for a, b in pairwise(points)):
            self._curve = Curve(points)
            self.update()
            self.changed.emit(self._curve)

    # --- Painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("accent" if self.hasFocus() else "hairline"), 1))
        painter.setBrush(look.color("field"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(QPen(look.color("hairline"), 1))
        for share in (0.25, 0.5, 0.75):
            painter.drawLine(self.place_of(share, 0.0), self.place_of(share, 1.0))
            painter.drawLine(self.place_of(0.0, share), self.place_of(1.0, share))
        painter.drawLine(self.place_of(0.0, 0.0), self.place_of(1.0, 1.0))
        line = QColor(self._tint) if self._tint else look.color("text")
        painter.setPen(QPen(line, 1.6))
        xs = np.linspace(0.0, 1.0, _SAMPLES)
        ys = self._curve(xs)
        shown = [self.place_of(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
        painter.drawPolyline(QPolygonF(shown))
        for index, point in enumerate(self._curve.points):
            chosen = index == self._chosen and self.hasFocus()
            painter.setBrush(look.color("accent") if chosen else look.color("field"))
            painter.drawEllipse(self.place_of(*point), 4.0, 4.0)


class CurveRow(QWidget):
    """Label above the editor. Emits `changed(Curve)` and `committed(Curve)`."""

    changed = Signal(Curve)
    committed = Signal(Curve)

    def __init__(
        self,
        label: str,
        value: Curve,
        tip: str = "",
        tint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor = CurveEditor(value, tint)
        self.editor.setAccessibleName(label)
        self.setFocusProxy(self.editor)
        self.setToolTip(tip or "Click to add a point, drag it out to remove it.")
        captioned_column(label, self).addWidget(self.editor)
        self.editor.changed.connect(self.changed)
        self.editor.committed.connect(self.committed)

    def value(self) -> Curve:
        return self.editor.value()

    def set_value(self, value: Curve) -> None:
        """Show another curve; emits nothing."""
        self.editor.set_value(value)
