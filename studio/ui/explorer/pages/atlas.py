"""A map of the latent space: click and drag to go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from studio.app.studio import Studio
from studio.core.atlas import Place
from studio.ui import theme
from studio.ui.explorer.atlas_view import AtlasView
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.widgets.hold_back import hold_back


class AtlasPage(Page):
    """What lies near one another looks alike; dots are the training images.

    A button under the pointer shows on the map where it leads.
    """

    below = 36

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._atlas = studio.atlas
        self.view = AtlasView(studio.atlas, self._latent)
        self.unexplored = QPushButton("Unexplored")
        self.unexplored.setToolTip("Go where you were not yet, and far from your images")
        self.between = QPushButton("Between two")
        self.between.setToolTip("Go to the middle of the last two places that you looked at")
        for button in (self.unexplored, self.between):
            button.installEventFilter(self)
        self.pins = QLabel()
        self.pins.setToolTip("They lie beside what looks most like them")
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
        studio.dataset.changed.connect(self._follow_in_view)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._atlas.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._show_aim(watched if event.type() == QEvent.Type.Enter else None)
        return False

    def _show_aim(self, button: QObject | None) -> None:
        atlas = self._atlas
        target = atlas.between if button is self.between else atlas.unexplored
        known: Sequence[Place] = atlas.visited[-2:] if button is self.between else ()
        self.view.show_aim(None if button is None else target, known)

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
        hold_back(self.unexplored, "" if atlas.map is not None else "The map is being drawn.")
        hold_back(self.between, "" if len(atlas.visited) > 1 else "Look at two pictures first.")
        count = len(atlas.pins)
        dot = f"<span style='color:{theme.DARK.attention}'>●</span>"
        self.pins.setText(f"{dot} {count} of your images" if count else "")
        aimed = (button for button in (self.between, self.unexplored) if button.underMouse())
        self._show_aim(next(aimed, None))


PAGE = PageInfo("atlas", "Atlas", "A map of all that the model can make", "atlas", 60, AtlasPage)
