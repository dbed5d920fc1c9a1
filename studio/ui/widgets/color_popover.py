"""A calm color picker: a field of saturation and brightness, a strip of hues, hex and swatches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from studio.core.param_values import Color
from studio.ui import theme

_WIDTH, _FIELD, _STRIP = 228, 150, 16  # px
_SWATCH = 16  # px
_KNOB = 6.0  # px, radius


class ColorPopover(QFrame):
    """Opens at a widget and closes at a click elsewhere.

    Emits `changed(tuple)` while a color is being chosen, and at the end `chosen(tuple)`; Escape
    goes back to the color that it was opened with.
    """

    changed = Signal(tuple)
    chosen = Signal(tuple)

    def __init__(self, color: Color, recent: Sequence[Color], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._before = self._color = color
        self._hue, saturation, value = _hsv(color)
        self.field = _Pad(_FIELD, self._field_brush)
        self.strip = _Pad(_STRIP, _hue_brush, flat=True)
        self.hex = QLineEdit()
        self.hex.setAccessibleName("Hex color")
        self.hex.setFont(theme.tabular_font())
        self.field.set_place(saturation, 1.0 - value)
        self.strip.set_place(self._hue, 0.5)
        self._lay_out(recent)
        self.field.moved.connect(self._follow_pads)
        self.strip.moved.connect(self._follow_pads)
        self.hex.editingFinished.connect(self._typed)
        self._show()

    def color(self) -> Color:
        return self._color

    def set_color(self, color: Color) -> None:
        """Choose another color."""
        hue, saturation, value = _hsv(color)
        self._hue = hue if saturation > 0.0 else self._hue  # a gray has none
        self.field.set_place(saturation, 1.0 - value)
        self.strip.set_place(self._hue, 0.5)
        self._take(color)

    def open_at(self, anchor: QWidget) -> None:
        """Show it below `anchor`, inside the screen."""
        self.adjustSize()
        corner = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        screen = anchor.screen().availableGeometry()
        x = min(corner.x(), screen.right() - self.width())
        self.move(max(screen.left(), x), min(corner.y(), screen.bottom() - self.height()))
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.set_color(self._before)
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._color != self._before:
            self.chosen.emit(self._color)

    def _lay_out(self, recent: Sequence[Color]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        for widget in (self.field, self.strip, self.hex):
            widget.setFixedWidth(_WIDTH)
            column.addWidget(widget)
        if recent:
            row = QHBoxLayout()
            row.setSpacing(3)
            for color in recent:
                row.addWidget(self._swatch(color))
            row.addStretch(1)
            column.addLayout(row)

    def _swatch(self, color: Color) -> QPushButton:
        button = QPushButton(self)
        name = QColor.fromRgbF(*color).name()
        button.setToolTip(name)
        button.setAccessibleName(f"Recent color {name}")
        button.setStyleSheet(f"background: {name}; min-height: 0; padding: 0; border-radius: 3px;")
        button.setFixedSize(_SWATCH, _SWATCH)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.set_color(color))
        return button

    def _follow_pads(self) -> None:
        self._hue = min(self.strip.place.x(), 0.9999)
        place = self.field.place
        self._take(_rgb(QColor.fromHsvF(self._hue, place.x(), 1.0 - place.y())))

    def _typed(self) -> None:
        color = QColor.fromString(f"#{self.hex.text().strip().lstrip('#')}")
        if color.isValid():
            self.set_color(_rgb(color))
        self._show()

    def _take(self, color: Color) -> None:
        if color != self._color:
            self._color = color
            self.changed.emit(color)
        self._show()

    def _show(self) -> None:
        self.hex.setText(QColor.fromRgbF(*self._color).name().upper())
        self.field.update()

    def _field_brush(self, painter: QPainter, area: QRectF) -> None:
        across = QLinearGradient(area.topLeft(), area.topRight())
        across.setColorAt(0.0, Qt.GlobalColor.white)
        across.setColorAt(1.0, QColor.fromHsvF(self._hue, 1.0, 1.0))
        painter.fillRect(area, across)
        down = QLinearGradient(area.topLeft(), area.bottomLeft())
        down.setColorAt(0.0, Qt.GlobalColor.transparent)
        down.setColorAt(1.0, Qt.GlobalColor.black)
        painter.fillRect(area, down)


class _Pad(QWidget):
    """A knob in a painted rectangle. Emits `moved()`; `place` is 0 to 1 on both axes."""

    moved = Signal()

    def __init__(
        self, height: int, fill: Callable[[QPainter, QRectF], None], *, flat: bool = False
    ) -> None:
        super().__init__()
        self.place = QPointF()
        self._fill = fill
        self._flat = flat
        self.setFixedHeight(height)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def set_place(self, x: float, y: float) -> None:
        self.place = QPointF(x, y)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_to(event.position())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        self._fill(painter, area)
        middle = QPointF(self.place.x() * area.width(), self.place.y() * area.height())
        for color, radius in ((Qt.GlobalColor.black, _KNOB), (Qt.GlobalColor.white, _KNOB - 1)):
            painter.setPen(QPen(color, 1.0 if radius == _KNOB else 1.5))
            painter.drawEllipse(middle, radius, radius)

    def _go_to(self, position: QPointF) -> None:
        x = min(1.0, max(0.0, position.x() / self.width()))
        y = 0.5 if self._flat else min(1.0, max(0.0, position.y() / self.height()))
        self.set_place(x, y)
        self.moved.emit()


def _hue_brush(painter: QPainter, area: QRectF) -> None:
    hues = QLinearGradient(area.topLeft(), area.topRight())
    for sixth in range(7):
        hues.setColorAt(sixth / 6, QColor.fromHsvF((sixth % 6) / 6, 1.0, 1.0))
    painter.fillRect(area, hues)


def _hsv(color: Color) -> tuple[float, float, float]:
    shown = QColor.fromRgbF(*color)
    return max(0.0, shown.hsvHueF()), shown.hsvSaturationF(), shown.valueF()


def _rgb(color: QColor) -> Color:
    return round(color.redF(), 4), round(color.greenF(), 4), round(color.blueF(), 4)
