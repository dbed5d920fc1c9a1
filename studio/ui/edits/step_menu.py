"""The menu of one edit step: presets, where it works, and the step itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from studio.app.edit_shelf import Preset
from studio.app.edit_steps import EditSteps
from studio.core.document import EditStep
from studio.ui import icons
from studio.ui.dialogs.prompt import TextSheet


class StepMenu(QMenu):
    """Made anew each time that it is opened, for what there is to choose then."""

    def __init__(self, edits: EditSteps, step: EditStep, parent: QWidget) -> None:
        super().__init__(parent)
        self._edits = edits
        self._step = step
        self._owner = parent
        self._operation = edits.operation(step.operation)
        self._add_presets()
        if not self._operation.geometric:  # that moves everything or nothing
            self._add_mask()
        self.addSeparator()
        _add(self, "Duplicate", partial(edits.duplicate, step.id), "duplicate")
        _add(self, "Reset", partial(edits.reset, step.id), "undo")
        _add(self, "Remove", partial(edits.remove, step.id), "trash")

    def _add_presets(self) -> None:
        presets = self._edits.shelf.presets(self._operation)
        for preset in presets:
            icon = "star-filled" if preset.own else "star"
            _add(self, preset.name, partial(self._edits.take_preset, self._step.id, preset), icon)
        _add(self, "Keep as a preset…", self._keep, "add")
        own = [preset for preset in presets if preset.own]
        if own:
            forget = self.addMenu(icons.icon("remove"), "Forget a preset")
            for preset in own:
                _add(forget, preset.name, partial(self._forget, preset))

    def _add_mask(self) -> None:
        edits, step_id = self._edits, self._step.id
        self.addSeparator()
        selected = edits.documents.document.selection is not None
        masked = self._step.mask is not None
        for text, intent, possible in (
            ("Work in the selection", edits.mask_from_selection, selected),
            ("Work everywhere else", edits.invert_mask, masked),
            ("Work everywhere", edits.remove_mask, masked),
            ("Select where it works", edits.select_mask, masked),
        ):
            _add(self, text, partial(intent, step_id)).setEnabled(possible)

    def _keep(self) -> None:
        sheet = TextSheet("Keep as a preset", self._operation.title, self._owner.window())
        if sheet.exec():
            self._edits.keep_preset(self._step.id, sheet.field.text())

    def _forget(self, preset: Preset) -> None:
        self._edits.shelf.forget(self._operation, preset.name)


def _add(menu: QMenu, text: str, run: Callable[[], None], icon: str = "") -> QAction:
    action = menu.addAction(icons.icon(icon), text) if icon else menu.addAction(text)
    action.triggered.connect(lambda _checked: run())
    return action
