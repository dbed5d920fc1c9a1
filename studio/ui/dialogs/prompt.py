"""Two small questions: a line of text, and one of a few choices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCommandLinkButton, QLineEdit, QWidget

from studio.ui import icons
from studio.ui.dialogs.sheet import Sheet


class TextSheet(Sheet):
    """`field` holds the text, all of it selected."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setMinimumWidth(360)
        self.field = QLineEdit(text)
        self.field.selectAll()
        self.body.addWidget(self.field)
        self.add_button("Cancel").clicked.connect(self.reject)
        self.add_button("OK", "primary").clicked.connect(self.accept)


class ChoiceSheet(Sheet):
    """`choices` are id → (title, sentence); `choice` is the id that was clicked, or None."""

    def __init__(
        self, title: str, choices: Mapping[str, tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(title, parent)
        self.setMinimumWidth(420)
        self.choice: str | None = None
        for choice_id, (name, sentence) in choices.items():
            button = QCommandLinkButton(name, sentence)
            button.setIcon(icons.icon("images"))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(partial(self._choose, choice_id))
            self.body.addWidget(button)
        self.add_button("Cancel").clicked.connect(self.reject)

    def _choose(self, choice_id: str) -> None:
        self.choice = choice_id
        self.accept()
