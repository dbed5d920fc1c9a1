"""The settings, as a form made from their declarations."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.app.settings import Settings, SettingsSession
from studio.core.params import specs, to_json
from studio.ui.dialogs.sheet import Sheet
from studio.ui.widgets.param_form import ParamForm


class SettingsSheet(Sheet):
    """Every change takes effect at once."""

    def __init__(self, settings: SettingsSession, parent: QWidget | None = None) -> None:
        super().__init__("Settings", parent)
        self.setMinimumWidth(440)
        self.form = ParamForm(specs(Settings), to_json(settings.values))
        self.form.committed.connect(lambda values: settings.change(**values))
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.add_close_button()
