"""The time machine: a slider over the moments that a run has kept, and what to do with one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.app.studio import Studio
from studio.ui.dialogs.blend import BlendSheet
from studio.ui.training.words import moment_words
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.link import link
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.section import Section
from studio.ui.widgets.slim_slider import SlimSlider

NOW = "Now"
NONE_CHOSEN = "Choose a moment first."


class Moments(QWidget):
    """Follows the `TimeMachine`; folded, the present is in view. Emits `go_on_requested()`."""

    go_on_requested = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training, self._machine = studio.training, studio.time_machine
        self.slider = SlimSlider(NumberRange(0, 1, 1), 1)
        self.slider.setAccessibleName("Moment")
        self.slider.setToolTip("Look back at how the same pictures were")
        self.words = ElidedLabel(NOW)
        self.words.setProperty("role", "secondary")
        self.explore = link("Explore")
        self.explore.setToolTip("Put the model of this moment into the library and explore it")
        self.go_on = link(
            "Go on from here", "Train on from this moment; what came after it stays as it is"
        )
        self.blend = link("Blend two…")
        self.blend.setToolTip("A model between two moments: often steadier than both")
        self.section = Section("Time machine", self._content(), expanded=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.section)
        self._connect()
        self._follow()

    def _content(self) -> QWidget:
        content = QWidget()
        links = QHBoxLayout()
        links.setSpacing(16)
        for button in (self.explore, self.go_on, self.blend):
            links.addWidget(button)
        links.addStretch(1)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.slider)
        column.addWidget(self.words)
        column.addLayout(links)
        return content

    def _connect(self) -> None:
        self.slider.changed.connect(self._look)
        self.explore.clicked.connect(self._machine.explore)
        self.go_on.clicked.connect(self.go_on_requested)
        self.blend.clicked.connect(self._ask_blend)
        self.section.toggled.connect(lambda open_: None if open_ else self._machine.look_at(None))
        self._machine.changed.connect(self._follow)
        self._training.changed.connect(self._follow_state)

    def _look(self, place: float) -> None:
        moments = self._machine.moments
        self._machine.look_at(moments[int(place)] if place < len(moments) else None)

    def _follow(self) -> None:
        machine = self._machine
        moment, moments = machine.moment, machine.moments
        self.setVisible(bool(moments))
        self.slider.limits = NumberRange(0, max(1, len(moments)), 1)
        self.slider.set_value(moments.index(moment) if moment in moments else len(moments))
        self.words.setText(moment_words(moment, moment == machine.best) if moment else NOW)
        hold_back(self.explore, "" if moment is not None else NONE_CHOSEN)
        hold_back(self.blend, "" if len(moments) > 1 else "Only one moment was kept so far.")
        self._follow_state()

    def _follow_state(self) -> None:
        active = self._training.active
        unchosen = "" if self._machine.moment is not None else NONE_CHOSEN
        hold_back(
            self.go_on, "Stop the training first; nothing of it is lost." if active else unchosen
        )

    def _ask_blend(self) -> None:
        machine = self._machine
        sheet = BlendSheet(machine.moments, machine.moment or machine.best, machine.best, self)
        if sheet.exec():
            machine.blend(sheet.first, sheet.second, sheet.share)
