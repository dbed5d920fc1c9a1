"""A region of the picture in view in which another picture counts."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from studio.app.studio import Studio
from studio.ui.explorer.point_slot import PointSlot
from studio.ui.explorer.steering.part import Part
from studio.ui.explorer.steering.point_menu import show_below, source_menu
from studio.ui.explorer.steering.region_view import RegionView
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.link import link
from studio.ui.widgets.number_range import NumberRange

_SIDE = 52
_HOW = "Paint where another picture shall count. Right-click, or Alt, takes away."


class RegionPart(Part):
    """Paints on `view`; below it the other picture, from which level up, and how soft the seam."""

    view: RegionView
    room = 158

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self.view = RegionView("The picture in view: paint a region")
        self._sheet = self._latent.pictures.new_sheet()
        self.slot = PointSlot("Picture inside the region", _SIDE)
        self.slot.setToolTip("Drop a picture here, or click to choose one")
        self.roll = IconButton("dice", "Another picture inside")
        self.how = QLabel(_HOW, wordWrap=True)
        self.how.setProperty("role", "secondary")
        self.brush = LabeledSlider("Brush", NumberRange(2, 40, 1, "%"), 10)
        self.level = LabeledSlider("From level", NumberRange(1, 16, 1), 1)
        self.feather = LabeledSlider("Feather", NumberRange(0.0, 0.2, 0.005), 0.03)
        self.invert = link("Invert")
        self.clear = link("Clear")
        self._lay_out()
        self._connect()

    @property
    def available(self) -> bool:
        return bool(self._session.abilities.levels)

    def follow(self) -> None:
        region, levels = self._session.point.region, self._session.abilities.levels
        card = self._latent.card
        if card is not None:
            self._sheet.show(card.path, [] if region is None else [region.point])
        self.level.set_limits(NumberRange(1, max(1, len(levels)), 1), 1)
        self.view.set_mask(None if region is None else region.mask)
        self.slot.set_point(None if region is None else region.point, None)
        self._show_picture()
        if region is not None:
            self.level.set_value(region.level + 1)
            self.feather.set_value(region.feather)
        for widget in (self.roll, self.invert, self.clear, self.level, self.feather):
            widget.setEnabled(region is not None)

    def _lay_out(self) -> None:
        links = QHBoxLayout()
        links.setSpacing(10)
        links.addWidget(self.invert)
        links.addWidget(self.clear)
        links.addStretch(1)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.how)
        texts.addLayout(links)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.slot)
        row.addLayout(texts, 1)
        row.addWidget(self.roll)
        self._column.addLayout(row)
        for slider in (self.brush, self.level, self.feather):
            self._column.addWidget(slider)
        self._column.addStretch(1)

    def _connect(self) -> None:
        session = self._session
        self.view.stroked.connect(
            lambda ends, add: session.paint_region(ends, self.view.radius, add=add)
        )
        self.view.finished.connect(session.end_gesture)
        self.slot.dropped.connect(session.set_region_point)
        self.slot.clicked.connect(
            lambda: show_below(source_menu(self._latent, session.set_region_point, self), self.slot)
        )
        self.roll.clicked.connect(lambda: session.set_region_point(self._latent.random_point()))
        self.invert.clicked.connect(session.invert_region)
        self.clear.clicked.connect(session.clear_region)
        self.brush.changed.connect(lambda percent: self.view.set_radius(percent / 100))
        self.level.changed.connect(lambda level: session.set_region_level(int(level) - 1))
        self.feather.changed.connect(session.set_feather)
        for slider in (self.level, self.feather):
            slider.committed.connect(lambda _value: session.end_gesture())
        self._sheet.changed.connect(self._show_picture)

    def _show_picture(self) -> None:
        pictures = self._sheet.pictures
        self.slot.set_image(pictures[0] if pictures else None)
