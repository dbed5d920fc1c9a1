"""A color: a swatch that opens the color picker, and its row in a form."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.core.param_values import Color
from studio.ui import theme
from studio.ui.widgets.captions import caption, captioned_row
from studio.ui.widgets.color_popover import ColorPopover


class ColorButton(QAbstractButton):
    """A swatch. Emits `changed(tuple)` while the picker is open, `committed(tuple)` when it closes;
    Escape goes back to the color it was opened with. `recent` is what the picker offers beside.
    """

    changed = Signal(tuple)
    committed = Signal(tuple)

    def __init__(self, color: Color, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = color
        self.recent: Sequence[Color] = ()
        self.setFixedSize(40, 24)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._choose)

    def color(self) -> Color:
        return self._color

    def set_color(self, color: Color) -> None:
        """Show another color; emits nothing."""
        self._color = (float(color[0]), float(color[1]), float(color[2]))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(40, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("accent" if self.hasFocus() else "hairline"), 1))
        painter.setBrush(QColor.fromRgbF(*self._color))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _choose(self) -> None:
        popover = ColorPopover(self._color, self.recent, self.window())
        popover.changed.connect(self._follow)
        popover.chosen.connect(self.committed)
        popover.open_at(self)

    def _follow(self, color: Color) -> None:
        if color != self._color:
            self.set_color(color)
            self.changed.emit(self._color)


class ColorRow(QWidget):
    """Label and swatch. Emits `changed(tuple)` and `committed(tuple)`."""

    changed = Signal(tuple)
    committed = Signal(tuple)

    def __init__(
        self, label: str, value: Color, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.button = ColorButton(value)
        self.button.setAccessibleName(label)
        self.setFocusProxy(self.button)
        self.setToolTip(tip)
        row = captioned_row(caption(label), self)
        row.addWidget(self.button)
        row.addStretch(1)
        self.setFixedHeight(28)
        self.button.changed.connect(self.changed)
        self.button.committed.connect(self.committed)

    def value(self) -> Color:
        return self.button.color()

    def set_value(self, value: Color) -> None:
        """Show another color; emits nothing."""
        self.button.set_color(value)
