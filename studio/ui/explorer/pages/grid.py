"""The endless sheet of seeds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent, QWheelEvent

from studio.app.studio import Studio
from studio.core.explorer import GRID_SEEDS
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point import drag_mime, show_point_menu, shown
from studio.ui.widgets.thumbnail_grid import ThumbnailGrid

COLUMNS = 4
_NOTCH = 120  # one step of a mouse wheel
_GAP = 1  # px of the cells' own gap that are taken back, so that pictures align with the rest


class GridPage(Page):
    """Sixteen seeds at a time. The wheel goes on by a row, arrow keys walk off the edges."""

    pages = True

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        latent = studio.latent
        self._wheel = 0
        self._shown: list[QImage | None] = []
        self._starred: list[int] | None = None
        self.grid = ThumbnailGrid(COLUMNS, parent=self)
        self.grid.setAccessibleName("Seeds")
        self.grid.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.grid.set_drag(lambda place: drag_mime(studio, latent.state.grid[place]))
        self.grid.installEventFilter(self)
        self.grid.viewport().installEventFilter(self)
        self.grid.picked.connect(lambda place: latent.pick(latent.state.grid[place]))
        self.grid.opened.connect(lambda place: latent.place_on_canvas(latent.state.grid[place]))
        self.grid.star_toggled.connect(
            lambda place: latent.toggle_favorite(latent.state.grid[place])
        )
        self.grid.menu_requested.connect(self._show_menu)
        latent.grid_changed.connect(self._show_pictures)
        latent.state_changed.connect(self._show_state)
        self._show_pictures()

    def turn(self, pages: int) -> None:
        self._latent.show_seeds(self._latent.state.first_seed + pages * GRID_SEEDS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Four rows, in the middle."""
        super().resizeEvent(event)
        self._place_grid()

    def fit(self, width: int) -> None:
        super().fit(width)
        self._place_grid()

    def _place_grid(self) -> None:
        width = min(self.width(), int(self.height() / self.ratio))
        side = (width + 2 * _GAP) // COLUMNS * COLUMNS
        height = round(side * self.ratio)
        self.grid.setGeometry((self.width() - side) // 2, -_GAP, side + 1, height + 1)

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

    def _show_pictures(self) -> None:
        """Only what is new: a drag of a slider comes here many times a second."""
        pictures = list(self._latent.grid)
        if len(pictures) != self.grid.count():
            tips = ["Double-click places it; right-click for more"] * len(pictures)
            self.grid.set_images([shown(picture) for picture in pictures], tips)
        else:
            for place, (old, new) in enumerate(zip(self._shown, pictures, strict=True)):
                if new is not old:
                    self.grid.set_image(place, shown(new))
        self._shown = pictures
        self._show_state()

    def _show_state(self) -> None:
        state = self._latent.state
        points = state.grid
        if self.grid.count() != len(points):
            return
        starred = [place for place, point in enumerate(points) if point in state.favorites]
        if starred != self._starred:
            self._starred = starred
            self.grid.set_starred(starred)
        place = points.index(state.point) if state.point in points else -1
        if place != self.grid.current():
            self.grid.set_current(place)

    def _show_menu(self, place: int, position: QPoint) -> None:
        if place >= 0:
            show_point_menu(self._latent, self._latent.state.grid[place], position, self)


PAGE = PageInfo("grid", "Grid", "An endless sheet of seeds", "grid", 0, GridPage)
