"""Steering the picture in view: sliders, styles, bends, and sliders taught by example."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout

from studio.app.studio import Studio
from studio.ui.explorer.page import Page, PageInfo
from studio.ui.explorer.point import drag_mime, show_point_menu
from studio.ui.explorer.steering.bends import BendsPart
from studio.ui.explorer.steering.drag import DragPart
from studio.ui.explorer.steering.part import Part
from studio.ui.explorer.steering.reached_row import ReachedRow
from studio.ui.explorer.steering.region import RegionPart
from studio.ui.explorer.steering.sliders import SlidersPart
from studio.ui.explorer.steering.styles import StylesPart
from studio.ui.explorer.steering.teach import TeachPart
from studio.ui.widgets.picture_view import PictureView
from studio.ui.widgets.plain_scroll import PlainScroll
from studio.ui.widgets.segmented_control import SegmentedControl

_PARTS = {
    "sliders": "Sliders",
    "styles": "Styles",
    "region": "Region",
    "drag": "Drag",
    "bends": "Bend",
    "teach": "Teach",
}
_PICTURE, _CONTROLS = 88, 126  # px at least for the picture, and for tabs and controls below it
_TABS = 38  # px for them and the gap below them
_SHARE = 0.45  # of the height for the picture, where there is less
_LOW = 180  # px: beside a lower picture there is room for what is told of it
_MOST = 16777215  # px: Qt's own limit, which is none


class SteerPage(Page):
    """Tabs, the picture, and below it one part of the controls at a time."""

    below = _TABS + Part.room
    least = _PICTURE + _CONTROLS
    enough = 400

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        latent = studio.latent
        self._searches = (studio.inversion, studio.drags)
        self.view = PictureView("The picture in view")
        self.view.set_drag(lambda: drag_mime(studio, latent.state.point))
        self.reached = ReachedRow(studio.inversion, latent)
        self._top = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.tabs = SegmentedControl(_PARTS)
        self.parts: dict[str, Part] = {
            "sliders": SlidersPart(studio),
            "styles": StylesPart(studio),
            "region": RegionPart(studio),
            "drag": DragPart(studio),
            "bends": BendsPart(studio),
            "teach": TeachPart(studio),
        }
        self._scrolls = {name: PlainScroll(part) for name, part in self.parts.items()}
        self._views = [self.view, *(part.view for part in self.parts.values() if part.view)]
        pictures = QVBoxLayout()
        for view in self._views:
            pictures.addWidget(view)
        self._top.setSpacing(self._column.spacing())
        self._top.addLayout(pictures, 1)
        self._top.addWidget(self.reached)
        self._column.addWidget(self.tabs)  # above: they stay where they are, however large that is
        self._column.addLayout(self._top)
        for scroll in self._scrolls.values():
            self._column.addWidget(scroll, 1)
        self.view.opened.connect(latent.place_on_canvas)
        self.view.menu_requested.connect(
            lambda position: show_point_menu(latent, latent.state.point, position, self)
        )
        self.tabs.changed.connect(self.show_part)
        self.reached.changed.connect(self._show_picture)
        latent.preview_changed.connect(self._show_picture)
        for search in self._searches:
            search.changed.connect(self._show_picture)
        self._show_picture()
        self.show_part("sliders")

    @property
    def part(self) -> Part:
        return self.parts[self.tabs.value()]

    def show_part(self, name: str) -> None:
        """Show a part of `_PARTS`."""
        self.tabs.set_value(name)
        for part_name, scroll in self._scrolls.items():
            scroll.setVisible(part_name == name)
        for view in self._views:
            view.setVisible(self.part.shows_picture and view is (self.part.view or self.view))
        self._fit_pictures()
        self.part.follow()

    def fit(self, width: int) -> None:
        """Take all the height there is."""
        self.setMaximumHeight(_MOST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_pictures()

    def _fit_pictures(self) -> None:
        """The picture is as large as the controls let it."""
        whole = round(self.width() * self.ratio)
        left = self.height() - _TABS - self._column.spacing() - self.part.room
        room = max(_PICTURE, left, round(self.height() * _SHARE))
        for view in self._views:
            view.setFixedHeight(min(whole, room))
        beside = room < _LOW
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._top.setDirection(across if beside else down)
        self.reached.stand(upright=beside)

    def follow(self) -> None:
        for name, part in self.parts.items():
            self.tabs.button(name).setVisible(part.available)
        if not self.part.available:
            self.show_part("sliders")
        self.part.follow()

    def _show_picture(self) -> None:
        """The one in view, or how far a search has come, or what was looked for."""
        found = (search.picture for search in self._searches if search.picture is not None)
        picture = next(found, self.reached.picture or self._latent.preview)
        for view in self._views:
            view.set_image(picture)


PAGE = PageInfo("steer", "Steer", "Sliders, styles, regions and bends", "steer", 15, SteerPage)
