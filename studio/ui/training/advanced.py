"""All settings of a family, folded away: nobody needs them, and nothing is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.training_session import TrainingSession
from studio.ui.widgets.option_rows import CheckRow
from studio.ui.widgets.param_form import ParamForm
from studio.ui.widgets.section import Section


class AdvancedSettings(QWidget):
    """A form made from what a family declares, with the values of a recipe, once it is unfolded.

    Settings that are `asked_above` are not asked again.
    """

    def __init__(
        self,
        training: TrainingSession,
        asked_above: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._training = training
        self._asked_above = asked_above
        self._family = ""
        self._config: Mapping[str, Any] = {}
        self._before: dict[str, Any] = {}  # the values before the person changed any
        self.form: ParamForm | None = None
        self.early_stop = CheckRow(
            "Stop by itself",
            training.early_stop,
            "End early once more time would not help: its model is kept, and you can go on.",
        )
        self._content = QWidget()
        self._rows = QVBoxLayout(self._content)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)
        self._rows.addWidget(self.early_stop)
        self.section = Section("Advanced", self._content, expanded=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.section)
        self.early_stop.changed.connect(self._take_early_stop)
        self.section.toggled.connect(self._unfold)
        training.devices_changed.connect(self._show_anew)

    def set_recipe(self, family: str, config: Mapping[str, Any]) -> None:
        """Show the settings of a family, with these values where they are not the defaults."""
        if (family, config) != (self._family, self._config):
            self._family, self._config = family, config
            self._show_anew()

    def values(self) -> dict[str, Any]:
        """The recipe's values, and those that the person changed."""
        if self.form is None:
            return dict(self._config)
        values = self.form.values()
        changed = {name: value for name, value in values.items() if value != self._before[name]}
        return {**self._config, **changed}

    def _show_anew(self) -> None:
        if self.form is not None:
            self._rows.removeWidget(self.form)
            self.form.deleteLater()
            self.form = None
        self._unfold(self.section.is_expanded())

    def _unfold(self, expanded: bool) -> None:
        """Thirty rows take longer than a frame: they are made when they are first to be seen."""
        if not expanded or self.form is not None:
            return
        specs = [
            replace(spec, advanced=False)  # all of them are in here
            for spec in self._training.settings.get(self._family, ())
            if spec.name not in self._asked_above
        ]
        if specs:
            self.form = ParamForm(specs, self._config)
            self._before = self.form.values()
            self._rows.addWidget(self.form)

    def _take_early_stop(self, wanted: bool) -> None:
        self._training.early_stop = wanted
