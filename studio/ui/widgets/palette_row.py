"""A palette: a row of swatches that can be changed, added and removed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.core.param_values import Color, Palette
from studio.ui.widgets.captions import captioned_column
from studio.ui.widgets.color_button import ColorButton
from studio.ui.widgets.icon_button import IconButton

_ACROSS = 6
_MOST = 12  # swatches: more is a list, not a palette


class PaletteRow(QWidget):
    """Label above swatches. Emits `changed(Palette)` and `committed(Palette)`."""

    changed = Signal(Palette)
    committed = Signal(Palette)

    def __init__(
        self, label: str, value: Palette, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._palette = Palette(())
        self.swatches: list[ColorButton] = []
        self.add = IconButton("add", "Add a color")
        self.remove = IconButton("remove", "Remove the last color")
        self.setToolTip(tip)
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignLeft)
        captioned_column(label, self).addLayout(self._grid)
        self.add.clicked.connect(self._append)
        self.remove.clicked.connect(self._drop_last)
        self.set_value(value)

    def value(self) -> Palette:
        return self._palette

    def set_value(self, value: Palette) -> None:
        """Show other colors; emits nothing."""
        if value == self._palette:
            return
        self._palette = value
        if len(value.colors) != len(self.swatches):
            self._lay_out()
        for swatch, color in zip(self.swatches, value.colors, strict=True):
            swatch.set_color(color)

    def _lay_out(self) -> None:
        for swatch in self.swatches:
            self._grid.removeWidget(swatch)
            swatch.deleteLater()
        self.swatches = [self._swatch(place) for place in range(len(self._palette.colors))]
        buttons = [*self.swatches, self.add, self.remove]
        for place, button in enumerate(buttons):
            self._grid.addWidget(button, *divmod(place, _ACROSS))
        self.add.setEnabled(len(self.swatches) < _MOST)
        self.remove.setEnabled(len(self.swatches) > 1)

    def _swatch(self, place: int) -> ColorButton:
        swatch = ColorButton(self._palette.colors[place])
        swatch.setAccessibleName(f"Color {place + 1}")
        swatch.changed.connect(lambda color: self._follow(place, color))
        swatch.committed.connect(lambda _color: self.committed.emit(self._palette))
        return swatch

    def _follow(self, place: int, color: Color) -> None:
        colors = self._palette.colors
        self._palette = Palette((*colors[:place], color, *colors[place + 1 :]))
        self.changed.emit(self._palette)

    def _append(self) -> None:
        self._take(Palette((*self._palette.colors, self._palette.colors[-1])))

    def _drop_last(self) -> None:
        self._take(Palette(self._palette.colors[:-1]))

    def _take(self, palette: Palette) -> None:
        self.set_value(palette)
        self.changed.emit(palette)
        self.committed.emit(palette)
