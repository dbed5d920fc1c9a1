"""Bends of the network's features, one after the other."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from studio.app.steering_session import SteeringSession
from studio.app.studio import Studio
from studio.core.steering import BEND_KINDS, Bend
from studio.ui import icons
from studio.ui.explorer.steering.channel_picker import ChannelPicker
from studio.ui.explorer.steering.part import Part
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange

_INTRO = "Change what the network thinks halfway: turn, move, grow or silence its features."


class BendsPart(Part):
    """A row for each bend, in the order in which they happen."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self.rows: list[BendRow] = []
        self.intro = QLabel(_INTRO, wordWrap=True)
        self.intro.setProperty("role", "secondary")
        self.add = QPushButton(icons.icon("add"), "Add bend")
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        self._column.addWidget(self.intro)
        self._column.addLayout(self._list)
        self._column.addWidget(self.add)
        self._column.addStretch(1)
        self.add.setMenu(self._kinds())

    @property
    def available(self) -> bool:
        return bool(self._session.abilities.levels)

    def follow(self) -> None:
        bends, levels = self._session.point.bends, self._session.abilities.levels
        if [(row.kind, row.levels) for row in self.rows] != [(b.kind, levels) for b in bends]:
            self._rebuild(bends, levels)
        for row, bend in zip(self.rows, bends, strict=True):
            row.show_bend(bend)
        self.intro.setVisible(not bends)

    def _kinds(self) -> QMenu:
        menu = QMenu(self.add)
        for kind, about in BEND_KINDS.items():
            menu.addAction(about.title).triggered.connect(partial(self._session.add_bend, kind))
        return menu

    def _rebuild(self, bends: tuple[Bend, ...], levels: tuple[int, ...]) -> None:
        for row in self.rows:
            row.setParent(None)
            row.deleteLater()
        self.rows = [
            BendRow(self._session, ChannelPicker(self._studio), place, bend.kind, levels)
            for place, bend in enumerate(bends)
        ]
        for row in self.rows:
            self._list.addWidget(row)


class BendRow(QWidget):
    """Title, order and removal; below them level, amount, and which channels."""

    def __init__(
        self,
        session: SteeringSession,
        picker: ChannelPicker,
        place: int,
        kind: str,
        levels: tuple[int, ...],
    ) -> None:
        super().__init__()
        self.picker = picker
        self._session = session
        self._place = place
        self._bend = Bend(kind)
        self.kind, self.levels = kind, levels
        about = BEND_KINDS[kind]
        limits = NumberRange(about.low, about.high, about.step or 1.0, about.unit)
        self.amount = LabeledSlider("Amount", limits, about.start, about.neutral)
        self.level = LabeledSlider("Level", NumberRange(1, len(levels), 1), len(levels) // 2 + 1)
        self.share = LabeledSlider(
            "Channels", NumberRange(0, 100, 1, "%"), 100, tip="A random share of the features"
        )
        self.roll = IconButton("dice", "Other channels")
        self.pick = IconButton("grid", "Pick channels by what they see")
        self.pick.setCheckable(True)
        self._lay_out(about.title)
        self._connect()
        self.amount.setVisible(bool(about.step))

    def show_bend(self, bend: Bend) -> None:
        self._bend = bend
        self.amount.set_value(bend.amount)
        self.level.set_value(bend.level + 1)
        side = self.levels[min(bend.level, len(self.levels) - 1)]
        self.level.setToolTip(f"Features of {side} places: low levels change the whole picture")
        self.share.set_value(round(bend.share * 100))
        self.share.setEnabled(not bend.channels)
        self.roll.setEnabled(bend.share < 1.0 and not bend.channels)
        self.picker.show_bend(bend)

    def _lay_out(self, title: str) -> None:
        self.up = IconButton("up", "Earlier")
        self.up.setEnabled(self._place > 0)
        self.remove = IconButton("close", "Remove the bend")
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(heading, 1)
        for button in (self.pick, self.roll, self.up, self.remove):
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        for slider in (self.amount, self.level, self.share):
            column.addWidget(slider)
        column.addWidget(self.picker)
        self.picker.hide()

    def _connect(self) -> None:
        self.amount.changed.connect(lambda amount: self._change(amount=amount))
        self.level.changed.connect(lambda level: self._change(level=int(level) - 1))
        self.share.changed.connect(lambda percent: self._change(share=percent / 100))
        for slider in (self.amount, self.level, self.share):
            slider.committed.connect(lambda _value: self._session.end_gesture())
        self.roll.clicked.connect(self._roll)
        self.pick.toggled.connect(self.picker.setVisible)
        self.picker.picked.connect(self._pick)
        self.up.clicked.connect(lambda: self._session.move_bend(self._place, self._place - 1))
        self.remove.clicked.connect(lambda: self._session.remove_bend(self._place))

    def _change(self, **changes: float) -> None:
        bend = replace(self._bend, **changes)  # type: ignore[arg-type]
        self._session.change_bend(self._place, bend)

    def _pick(self, channel: int) -> None:
        self._session.change_bend(self._place, self._bend.with_toggled(channel))
        self._session.end_gesture()

    def _roll(self) -> None:
        self._change(seed=self._bend.seed + 1)
        self._session.end_gesture()
