"""The pictures that were kept."""

from __future__ import annotations

from studio.app.studio import Studio
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point_grid import PointGrid
from studio.ui.widgets.empty_state import EmptyState

_COLUMNS = 4


class FavoritesPage(Page):
    """Favorites in the order in which they were kept; the star takes one away."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        latent = studio.latent
        self.grid = PointGrid(studio, _COLUMNS, "Favorites", self, latent.pictures.favorites)
        self._empty = EmptyState(
            "star", "No favorites yet", "Click the star of a picture to keep it here."
        )
        self._column.addWidget(self.grid)
        self._column.addWidget(self._empty)
        self.grid.picked.connect(lambda place: latent.pick(self.grid.point(place)))
        self.grid.sheet.changed.connect(self._choose)
        self._choose()

    def follow(self) -> None:
        self.grid.show_marks()

    def _choose(self) -> None:
        """The pictures, or how to get some."""
        has_some = bool(self.grid.sheet.points)
        self.grid.setVisible(has_some)
        self._empty.setVisible(not has_some)


PAGE = PageInfo("favorites", "Favorites", "The pictures that you kept", "star", 80, FavoritesPage)
