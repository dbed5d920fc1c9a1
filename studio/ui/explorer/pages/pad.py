"""Steering by hand: a plane between four pictures."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from studio.app.studio import Studio
from studio.ui import icons
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point import show_point_menu
from studio.ui.widgets.latent_pad import LatentPad


class PadPage(Page):
    """Drag the handle, and the picture follows; corners can be re-rolled or pinned."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        latent = studio.latent
        self.pad = LatentPad("Pad: drag, or use the arrow keys")
        self._column.addWidget(self.pad)
        self.pad.moved.connect(latent.drag_pad)
        self.pad.released.connect(latent.end_gesture)
        self.pad.corner_rolled.connect(latent.roll_corner)
        self.pad.corner_menu_requested.connect(self._show_corner_menu)
        self.pad.menu_requested.connect(
            lambda position: show_point_menu(latent, latent.state.point, position, self)
        )
        latent.preview_changed.connect(self._show_picture)
        latent.corners_changed.connect(self._show_corners)
        latent.state_changed.connect(self._show_state)
        self._show_picture()
        self._show_corners()
        self._show_state()

    def roll(self) -> None:
        self._latent.roll_corners()

    def corner_menu(self, corner: int) -> QMenu:
        """What can be done with a corner."""
        latent = self._latent
        menu = QMenu(self)
        roll = menu.addAction(icons.icon("dice"), "Another picture here")
        roll.triggered.connect(lambda: latent.roll_corner(corner))
        pin = menu.addAction("Pin the picture in view here")
        pin.triggered.connect(lambda: latent.set_corner(corner, latent.state.point))
        menu.addSeparator()
        place = menu.addAction(icons.icon("place"), "Place on canvas")
        place.triggered.connect(lambda: latent.place_on_canvas(latent.state.shown_corners[corner]))
        return menu

    def _show_corner_menu(self, corner: int, position: QPoint) -> None:
        menu = self.corner_menu(corner)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    def _show_picture(self) -> None:
        self.pad.set_image(self._latent.preview)

    def _show_corners(self) -> None:
        self.pad.set_corners(self._latent.corners or [None] * 4)

    def _show_state(self) -> None:
        state = self._latent.state
        self.pad.set_place(*state.pad, away=not state.is_on_pad)


PAGE = PageInfo("pad", "Pad", "Drag between four pictures", "pad", 20, PadPage)
