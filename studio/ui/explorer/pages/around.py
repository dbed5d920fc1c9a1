"""Neighbors of the picture in view, at a radius; a click goes there."""

from __future__ import annotations

from dataclasses import replace

from studio.app.studio import Studio
from studio.core.neighbors import CENTER, SIDE, Neighborhood
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point_grid import PointGrid, Sheet
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange


class AroundPage(Page):
    """The picture in view is in the middle. The dice turns to other directions."""

    below = 36

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._neighborhood = Neighborhood()
        self.grid = PointGrid(studio, SIDE, "Around this one")
        self._sheet = Sheet(self.grid, [(SIDE, SIDE)])
        self._sheet.setMinimumHeight(120)
        self.radius = LabeledSlider(
            "Radius",
            NumberRange(0.02, 1.5, 0.01),
            self._neighborhood.radius,
            tip="How unlike the picture in the middle those at the edges are",
        )
        self._column.addWidget(self._sheet, 1)
        self._column.addWidget(self.radius)
        self.grid.picked.connect(self._go)
        self.radius.changed.connect(self._set_radius)

    @property
    def neighborhood(self) -> Neighborhood:
        return self._neighborhood

    def roll(self) -> None:
        self._show(replace(self._neighborhood, seed=self._latent.random_seed()))

    def follow(self) -> None:
        """The picture in view is always the center: undo goes back where one came from."""
        self.grid.show_points(self._neighborhood.around(self._latent.state.point))

    def fit(self, width: int) -> None:
        super().fit(width)
        self._sheet.set_ratio(self.ratio)

    def _go(self, place: int) -> None:
        if place != CENTER:
            self._latent.pick(self.grid.point(place))

    def _set_radius(self, radius: float) -> None:
        self._show(replace(self._neighborhood, radius=radius))

    def _show(self, neighborhood: Neighborhood) -> None:
        self._neighborhood = neighborhood
        self.follow()


PAGE = PageInfo(
    "around", "Around", "Neighbors of the picture in view: click to go on", "around", 10, AroundPage
)
