"""A gradient: a bar whose stops are dragged."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.param_values import MOST_PARTS, Color, Gradient
from studio.ui import theme
from studio.ui.widgets.captions import captioned_column
from studio.ui.widgets.color_popover import ColorPopover

_BAR, _MARK = 22, 14  # px high
_PAD = 8.0
_REACH = 8.0
_FAR = 24.0


class GradientEditor(QWidget):
    """Click on the bar adds a stop, dragging moves it, away from the bar or Delete removes it; a
    double click, or Enter, chooses its color.

    Emits `changed(Gradient)` while it changes, `committed(Gradient)` when a change is complete.
    """

    changed = Signal(Gradient)
    committed = Signal(Gradient)

    def __init__(self, value: Gradient, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gradient = value
        self._held = -1
        self._chosen = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_BAR + _MARK)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(220, _BAR + _MARK)

    def value(self) -> Gradient:
        return self._gradient

    def set_value(self, value: Gradient) -> None:
        """Show another gradient; emits nothing."""
        if value != self._gradient:
            self._gradient = value
            self._chosen = min(self._chosen, len(value.stops) - 1)
            self.update()

    def x_of(self, place: float) -> float:
        """Where in the widget a place of the gradient is."""
        return _PAD + place * (self.width() - 2 * _PAD)

    def _place_at(self, x: float) -> float:
        return round(min(1.0, max(0.0, (x - _PAD) / (self.width() - 2 * _PAD))), 4)

    def _nearest(self, x: float) -> int:
        away = [abs(self.x_of(place) - x) for place, _ in self._gradient.stops]
        return int(np.argmin(away)) if min(away) <= _REACH else -1

    # --- Mouse and keys ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        held = self._nearest(x)
        if event.button() == Qt.MouseButton.RightButton and held >= 0:
            self._remove(held)
            self.committed.emit(self._gradient)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if held < 0 and len(self._gradient.stops) < MOST_PARTS:
            held = self._insert(self._place_at(x))
        self._held = self._chosen = held
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held < 0:
            return
        if event.position().y() > self.height() + _FAR and len(self._gradient.stops) > 2:
            self._remove(self._held)
            self._held = -1
            self.committed.emit(self._gradient)
        else:
            self._move(self._held, self._place_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._held >= 0:
            self._held = -1
            self.committed.emit(self._gradient)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        held = self._nearest(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and held >= 0:
            self._held = -1
            self._choose_color(held)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = self._gradient.stops[self._chosen][0]
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 0.01 if event.key() == Qt.Key.Key_Right else -0.01
            self._move(self._chosen, min(1.0, max(0.0, place + step)))
            self.committed.emit(self._gradient)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove(self._chosen)
            self.committed.emit(self._gradient)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose_color(self._chosen)
        else:
            super().keyPressEvent(event)

    # --- Changing ---

    def _insert(self, place: float) -> int:
        """A new stop in the color that the gradient has there."""
        red, green, blue = (float(part) for part in self._gradient(np.array(place)))
        index = sum(stop[0] <= place for stop in self._gradient.stops)
        stops = self._gradient.stops
        self._show((*stops[:index], (place, (red, green, blue)), *stops[index:]))
        return index

    def _move(self, index: int, place: float) -> None:
        """Between its neighbors."""
        stops = self._gradient.stops
        low = stops[index - 1][0] if index > 0 else 0.0
        high = stops[index + 1][0] if index < len(stops) - 1 else 1.0
        moved = (min(max(place, low), high), stops[index][1])
        self._show((*stops[:index], moved, *stops[index + 1 :]))

    def _remove(self, index: int) -> None:
        stops = self._gradient.stops
        if len(stops) > 2:
            self._chosen = max(0, index - 1)
            self._show((*stops[:index], *stops[index + 1 :]))

    def _choose_color(self, index: int) -> None:
        place, color = self._gradient.stops[index]

        def follow(chosen: Color) -> None:
            stops = self._gradient.stops
            self._show((*stops[:index], (place, chosen), *stops[index + 1 :]))

        others = [stop[1] for stop in self._gradient.stops]
        popover = ColorPopover(color, others, self.window())
        popover.changed.connect(follow)
        popover.chosen.connect(lambda _color: self.committed.emit(self._gradient))
        popover.open_at(self)

    def _show(self, stops: tuple[tuple[float, Color], ...]) -> None:
        if stops != self._gradient.stops:
            self._gradient = Gradient(stops)
            self.update()
            self.changed.emit(self._gradient)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(_PAD, 0.5, self.width() - 2 * _PAD, _BAR - 1)
        fill = QLinearGradient(bar.left(), 0.0, bar.right(), 0.0)
        for place, color in self._gradient.stops:
            fill.setColorAt(place, QColor.fromRgbF(*color))
        painter.setPen(QPen(look.color("hairline"), 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(bar, 3, 3)
        for index, (place, color) in enumerate(self._gradient.stops):
            chosen = index == self._chosen and self.hasFocus()
            painter.setPen(QPen(look.color("accent" if chosen else "text"), 1.4))
            painter.setBrush(QColor.fromRgbF(*color))
            painter.drawPolygon(_house(self.x_of(place)))


def _house(x: float) -> QPolygonF:
    """A stop's mark, its tip at the bar."""
    top, roof, bottom = _BAR - 2.0, _BAR + 3.0, _BAR + _MARK - 1.0
    outline = [(0.0, top), (5.0, roof), (5.0, bottom), (-5.0, bottom), (-5.0, roof)]
    return QPolygonF([QPointF(x + dx, y) for dx, y in outline])


class GradientRow(QWidget):
    """Label above the editor. Emits `changed(Gradient)` and `committed(Gradient)`."""

    changed = Signal(Gradient)
    committed = Signal(Gradient)

    def __init__(
        self, label: str, value: Gradient, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.editor = GradientEditor(value)
        self.editor.setAccessibleName(label)
        self.setFocusProxy(self.editor)
        self.setToolTip(
            tip or "Click to add a color, double-click to change it, drag it down to remove it."
        )
        captioned_column(label, self).addWidget(self.editor)
        self.editor.changed.connect(self.changed)
        self.editor.committed.connect(self.committed)

    def value(self) -> Gradient:
        return self.editor.value()

    def set_value(self, value: Gradient) -> None:
        """Show another gradient; emits nothing."""
        self.editor.set_value(value)
