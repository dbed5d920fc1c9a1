"""The pictures that were kept."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from studio.app.studio import Studio
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point import drag_mime, show_point_menu, shown
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.thumbnail_grid import ThumbnailGrid


class FavoritesPage(Page):
    """Favorites in the order in which they were kept; the star takes one away."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        latent = studio.latent
        self.grid = ThumbnailGrid(4)
        self.grid.setAccessibleName("Favorites")
        self.grid.set_drag(lambda place: drag_mime(studio, latent.state.favorites[place]))
        self._empty = EmptyState(
            "star", "No favorites yet", "Click the star of a picture to keep it here."
        )
        self._column.addWidget(self.grid)
        self._column.addWidget(self._empty)
        self.grid.picked.connect(lambda place: latent.pick(latent.state.favorites[place]))
        self.grid.opened.connect(
            lambda place: latent.place_on_canvas(latent.state.favorites[place])
        )
        self.grid.star_toggled.connect(
            lambda place: latent.toggle_favorite(latent.state.favorites[place])
        )
        self.grid.menu_requested.connect(self._show_menu)
        latent.favorites_changed.connect(self._show_pictures)
        latent.state_changed.connect(self._show_state)
        self._show_pictures()

    def _show_pictures(self) -> None:
        points = self._latent.state.favorites
        pictures = self._latent.favorites
        self.grid.set_images(
            [shown(picture) for picture in pictures], [point.describe() for point in points]
        )
        self.grid.setVisible(bool(pictures))
        self._empty.setVisible(not pictures)
        self._show_state()

    def _show_state(self) -> None:
        points = self._latent.state.favorites
        if self.grid.count() == len(points):
            self.grid.set_starred(range(len(points)))
            point = self._latent.state.point
            self.grid.set_current(points.index(point) if point in points else -1)

    def _show_menu(self, place: int, position: QPoint) -> None:
        if place >= 0:
            show_point_menu(self._latent, self._latent.state.favorites[place], position, self)


PAGE = PageInfo("favorites", "Favorites", "The pictures that you kept", "star", 80, FavoritesPage)
