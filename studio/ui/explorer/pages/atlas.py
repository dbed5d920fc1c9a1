"""A map of the latent space: click and drag to go."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from studio.app.studio import Studio
from studio.ui.explorer.atlas_view import AtlasView
from studio.ui.explorer.page import Page, PageInfo


class AtlasPage(Page):
    """What lies near one another looks alike; dots are the training images."""

    below = 36

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._atlas = studio.atlas
        self.view = AtlasView(studio.atlas, self._latent)
        self.unexplored = QPushButton("Unexplored")
        self.unexplored.setToolTip("Go where you were not yet, and far from your images")
        self.between = QPushButton("Between")
        self.between.setToolTip("Go to the middle of the last two places")
        self.pins = QLabel()
        self.pins.setProperty("role", "secondary")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.unexplored)
        row.addWidget(self.between)
        row.addStretch(1)
        row.addWidget(self.pins)
        self._column.addWidget(self.view, 1)
        self._column.addLayout(row)
        self.view.gone.connect(lambda x, y: self._atlas.go_to((x, y)))
        self.view.rested.connect(self._atlas.end_drag)
        self.unexplored.clicked.connect(self._atlas.go_to_unexplored)
        self.between.clicked.connect(self._atlas.go_between)
        self._atlas.changed.connect(self._show)

    def roll(self) -> None:
        self._atlas.go_to_unexplored()

    def follow(self) -> None:
        self._atlas.follow()
        self._show()

    def _show(self) -> None:
        if not self.isVisible():
            return
        atlas = self._atlas
        self.view.show_map()
        self.unexplored.setEnabled(atlas.map is not None)
        self.between.setEnabled(len(atlas.visited) > 1)
        count = len(atlas.pins)
        self.pins.setText(f"{count} of your images" if count else "")


PAGE = PageInfo("atlas", "Atlas", "A map of all that the model can make", "atlas", 60, AtlasPage)
