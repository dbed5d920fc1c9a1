"""Save, discard, or stay: asked when a project with unsaved work is left."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.app.action import Answer
from studio.ui.dialogs.sheet import Sheet


class UnsavedSheet(Sheet):
    """`answer` is what was chosen; closing the sheet is *cancel*."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(
            f"Save the changes to “{name}”?",
            parent,
            "What you changed since the last save is lost if you discard it.",
        )
        self.answer: Answer = "cancel"
        self.discard_button = self.add_button("Discard")
        self.cancel_button = self.add_button("Cancel")
        self.save_button = self.add_button("Save", "primary")
        self.discard_button.clicked.connect(self._discard)
        self.cancel_button.clicked.connect(self.reject)
        self.save_button.clicked.connect(self._save)
        self.save_button.setFocus()

    def _save(self) -> None:
        self.answer = "save"
        self.accept()

    def _discard(self) -> None:
        self.answer = "discard"
        self.accept()


def ask_unsaved(name: str, parent: QWidget | None) -> Answer:
    """Ask, and wait for the answer."""
    sheet = UnsavedSheet(name, parent)
    sheet.exec()
    return sheet.answer
