"""The endless sheet of seeds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent

from studio.app.studio import Studio
from studio.core.explorer import GRID_SEEDS
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point_grid import PointGrid, Sheet

COLUMNS = 4
_NOTCH = 120  # one step of a mouse wheel


class GridPage(Page):
    """Sixteen seeds at a time. The wheel goes on by a row, arrow keys walk off the edges."""

    pages = True

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        latent = studio.latent
        self._wheel = 0
        sheet = latent.pictures.grid
        self.grid = PointGrid(studio, COLUMNS, "Seeds", sheet=sheet)
        self._sheet = Sheet(self.grid, [(COLUMNS, GRID_SEEDS // COLUMNS)])
        self._column.addWidget(self._sheet)
        self.grid.installEventFilter(self)
        self.grid.viewport().installEventFilter(self)
        self.grid.picked.connect(lambda place: latent.pick(self.grid.point(place)))

    def follow(self) -> None:
        self.grid.show_marks()

    def turn(self, pages: int) -> None:
        self._latent.show_seeds(self._latent.state.first_seed + pages * GRID_SEEDS)

    def fit(self, width: int) -> None:
        super().fit(width)
        self._sheet.set_ratio(self.ratio)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent):
            return self._scroll(event.angleDelta().y())
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._walk(event.key())
        return False

    def _scroll(self, angle: int) -> bool:
        self._wheel += angle
        rows = int(self._wheel / _NOTCH)
        self._wheel -= rows * _NOTCH
        if rows:
            self._latent.show_seeds(self._latent.state.first_seed - rows * COLUMNS)
        return True

    def _walk(self, key: int) -> bool:
        """Go on beyond the first or the last row; inside the sheet the grid knows its way."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -COLUMNS,
            Qt.Key.Key_Down: COLUMNS,
        }
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if key in pages:
            self.turn(pages[Qt.Key(key)])
            return True
        step = steps.get(Qt.Key(key), 0)
        place = self.grid.current() + step
        if not step or self.grid.current() < 0 or 0 <= place < GRID_SEEDS:
            return False
        seed = self._latent.state.first_seed + place
        if seed >= 0:
            rows = 1 if step > 0 else -1
            self._latent.show_seeds(self._latent.state.first_seed + rows * COLUMNS)
            self._latent.go_to_seed(seed)
        return True


PAGE = PageInfo("grid", "Grid", "An endless sheet of seeds", "grid", 0, GridPage)
