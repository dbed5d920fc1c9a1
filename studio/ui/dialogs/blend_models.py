"""Which model another one is blended with, how much of it, and from which level on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from studio.app.model_shelf import ModelFacts
from studio.ui.dialogs.sheet import Sheet
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.option_rows import ChoiceRow

_SENTENCE = (
    "Makes a third model of two that have one origin: two trainings of one model, or a model and "
    "what was fine-tuned from it."
)
_ALL = "All levels"
_LEVELED = ("stylegan", "stylegan2")  # families whose levels are told apart
_COARSEST = 8  # px of the first level that can be left to the other model


class ModelBlendSheet(Sheet):
    """`second`, `share` (of the second, 0 to 1) and `from_px` (0: all levels) are what was chosen.

    Unless it is `by_level`, the models are blended as a whole.
    """

    def __init__(
        self,
        first: ModelFacts,
        others: Sequence[ModelFacts],
        parent: QWidget | None = None,
        *,
        by_level: bool,
    ) -> None:
        super().__init__(f"Blend “{first.name}”", parent, _SENTENCE)
        self.setMinimumWidth(400)
        self._others = {f"{place}. {other.name}": other for place, other in enumerate(others, 1)}
        self._levels = {_ALL: 0}
        px = _COARSEST
        while by_level and px <= first.size:
            self._levels[f"From {px} px: coarser levels stay"] = px
            px *= 2
        names = list(self._others)
        self.second_choice = ChoiceRow("With", names, names[0])
        self.share_slider = LabeledSlider("Of it", NumberRange(0, 100, 1, "%"), 50)
        self.level_choice = ChoiceRow("Levels", list(self._levels), _ALL)
        self.level_choice.setVisible(len(self._levels) > 1)
        for row in (self.second_choice, self.share_slider, self.level_choice):
            self.body.addWidget(row)
        self.add_button("Cancel").clicked.connect(self.reject)
        self.add_button("Blend", "primary").clicked.connect(self.accept)

    @property
    def second(self) -> ModelFacts:
        return self._others[self.second_choice.value()]

    @property
    def share(self) -> float:
        return self.share_slider.value() / 100

    @property
    def from_px(self) -> int:
        return self._levels[self.level_choice.value()]
