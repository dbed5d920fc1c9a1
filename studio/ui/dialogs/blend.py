"""Which two moments of a training become one model, and how much of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.ui.dialogs.sheet import Sheet
from studio.ui.training.words import moment_words
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.option_rows import ChoiceRow

if TYPE_CHECKING:
    from studio.engine.api import KeptCheckpoint

_SENTENCE = "Averages what was known at two moments: often steadier than either."


class BlendSheet(Sheet):
    """`first`, `second` and `share` (of the second, 0 to 1) are what was chosen."""

    def __init__(
        self,
        moments: Sequence[KeptCheckpoint],
        chosen: KeptCheckpoint | None,
        best: KeptCheckpoint | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Blend two moments", parent, _SENTENCE)
        self.setMinimumWidth(380)
        self._moments = {
            f"{number}. {moment_words(moment, moment is best).lower()}": moment
            for number, moment in enumerate(moments, start=1)
        }
        names = list(self._moments)
        at = moments.index(chosen) if chosen in moments else 0
        other = at + 1 if at + 1 < len(moments) else at - 1
        self.first_choice = ChoiceRow("First", names, names[at])
        self.second_choice = ChoiceRow("Second", names, names[other])
        self._share = LabeledSlider("Of the second", NumberRange(0, 100, 1, "%"), 50)
        for row in (self.first_choice, self.second_choice, self._share):
            self.body.addWidget(row)
        self.add_button("Cancel").clicked.connect(self.reject)
        self.blend_button = self.add_button("Blend", "primary")
        self.blend_button.clicked.connect(self.accept)
        for choice in (self.first_choice, self.second_choice):
            choice.changed.connect(self._check)
        self._check()

    @property
    def first(self) -> KeptCheckpoint:
        return self._moments[self.first_choice.value()]

    @property
    def second(self) -> KeptCheckpoint:
        return self._moments[self.second_choice.value()]

    @property
    def share(self) -> float:
        return self._share.value() / 100

    def _check(self) -> None:
        self.blend_button.setEnabled(self.first != self.second)
