"""Styles from other pictures for coarse, middle and fine levels; truncation's reach; noise."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from studio.app.studio import Studio
from studio.core.latent import LatentPoint
from studio.ui.explorer.point_slot import PointSlot
from studio.ui.explorer.steering.part import Part
from studio.ui.explorer.steering.point_menu import show_below, source_menu
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.slim_slider import SlimSlider

_SIDE = 52
_GROUPS = {
    "coarse": ("Layout", "Pose and outline: the coarse levels"),
    "middle": ("Shapes", "What things look like: the levels in the middle"),
    "fine": ("Detail", "Color and texture: the fine levels"),
}


class StylesPart(Part):
    """A slot for each group of levels: drop a picture there, and its style is taken."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._sheet = self._latent.pictures.new_sheet()
        self.groups = {name: _Group(name, *texts) for name, texts in _GROUPS.items()}
        self.cutoff = LabeledSlider(
            "Truncate", NumberRange(0, 16, 1), 16, tip="How many levels truncation reaches"
        )
        self.noise = LabeledSlider(
            "Noise", NumberRange(0.0, 3.0, 0.01), 1.0, tip="Strength of the random fine detail"
        )
        self.roll = IconButton("dice", "Other random detail")
        self._lay_out()
        self._connect()

    @property
    def available(self) -> bool:
        return bool(self._session.groups)

    def follow(self) -> None:
        mixes = {name: self._session.mix_at(at) for name, at in self._session.groups.items()}
        points = [mix.point for mix in mixes.values() if mix is not None]
        card, able = self._latent.card, self._session.abilities
        if card is not None:
            self._sheet.show(card.path, points)
        for name, group in self.groups.items():
            mix = mixes.get(name)
            group.setVisible(name in mixes)
            group.show_mix(mix.point if mix else None, mix.share if mix else 1.0)
        self._show_pictures()
        point = self._session.point
        self.cutoff.set_limits(NumberRange(0, able.styles, 1), able.styles)
        self.cutoff.set_value(able.styles if point.cutoff is None else point.cutoff)
        self.noise.set_value(point.noise)
        for widget in (self.noise, self.roll):
            widget.setVisible(able.noise)

    def _lay_out(self) -> None:
        for group in self.groups.values():
            self._column.addWidget(group)
        self._column.addWidget(self.cutoff)
        noise = QHBoxLayout()
        noise.setSpacing(2)
        noise.addWidget(self.noise, 1)
        noise.addWidget(self.roll)
        self._column.addLayout(noise)
        self._column.addStretch(1)

    def _connect(self) -> None:
        session = self._session
        for name, group in self.groups.items():
            group.slot.dropped.connect(partial(session.mix, name))
            group.slot.clicked.connect(partial(self._choose, name))
            group.own.clicked.connect(partial(session.unmix, name))
            group.share.changed.connect(partial(session.set_share, name))
            group.share.committed.connect(lambda _share: session.end_gesture())
        self.cutoff.changed.connect(self._set_cutoff)
        self.noise.changed.connect(session.set_noise)
        for slider in (self.cutoff, self.noise):
            slider.committed.connect(lambda _value: session.end_gesture())
        self.roll.clicked.connect(session.roll_noise)
        self._sheet.changed.connect(self._show_pictures)

    def _set_cutoff(self, levels: float) -> None:
        whole = levels >= self._session.abilities.styles
        self._session.set_cutoff(None if whole else int(levels))

    def _show_pictures(self) -> None:
        pictures = dict(zip(self._sheet.points, self._sheet.pictures, strict=True))
        for group in self.groups.values():
            point = group.slot.point
            group.slot.set_image(pictures.get(point) if point is not None else None)

    def menu(self, name: str) -> QMenu:
        """Where a group can take its style from."""
        return source_menu(self._latent, partial(self._session.mix, name), self)

    def _choose(self, name: str) -> None:
        show_below(self.menu(name), self.groups[name].slot)


class _Group(QWidget):
    """Slot, what it is for, how much of it, and the way back."""

    def __init__(self, name: str, title: str, tip: str) -> None:
        super().__init__()
        self.slot = PointSlot(f"{title}: style of another picture", _SIDE)
        self.share = SlimSlider(NumberRange(0.0, 1.0, 0.01), 1.0)
        self.share.setAccessibleName(f"{title}: share of the other style")
        self.share.setToolTip("How much of the other picture's style")
        self.own = IconButton("close", f"Its own {name} styles again")
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        about = QLabel(tip)
        about.setProperty("role", "secondary")
        self._about = about
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(heading)
        texts.addWidget(about)
        texts.addWidget(self.share)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.slot)
        row.addLayout(texts, 1)
        row.addWidget(self.own)

    def show_mix(self, point: LatentPoint | None, share: float) -> None:
        if self.slot.point != point:
            self.slot.set_point(point, None)
        if point is None:
            self.slot.setToolTip("Drop a picture here, or click to choose one")
        self.share.set_value(share)
        self.share.setVisible(point is not None)
        self.own.setVisible(point is not None)
        self._about.setVisible(point is None)
