"""What pictures are asked for: a class to choose, or words to type."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from studio.app.latent_session import LatentSession
from studio.ui.widgets.captions import caption, captioned_row
from studio.ui.widgets.option_rows import CalmComboBox

ANYTHING = "Anything"
_TIP = "For all pictures but favorites, and those that were pinned or picked under another"


class PromptRow(QWidget):
    """A list of the model's classes, or a line for words with those below that it does not know.

    Only there for models that can be asked. Typing is one undo step.
    """

    def __init__(self, latent: LatentSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latent = latent
        self.classes = CalmComboBox()
        self.classes.setAccessibleName("Class")
        self.classes.setToolTip(f"Which class pictures are made of. {_TIP}")
        self.words = QLineEdit(placeholderText=ANYTHING)
        self.words.setAccessibleName("Words")
        self.words.setToolTip(f"What pictures are made of, in words. {_TIP}")
        self.unknown = QLabel(wordWrap=True)
        self.unknown.setProperty("role", "attention")
        self._lay_out()
        self.classes.activated.connect(self._choose)
        self.words.textEdited.connect(latent.ask_for)
        self.words.editingFinished.connect(latent.end_gesture)
        latent.model_changed.connect(self._show_model)
        latent.state_changed.connect(self._show_state)
        self._show_model()

    def _lay_out(self) -> None:
        self._label = caption("")
        row = captioned_row(self._label)
        row.addWidget(self.classes, 1)
        row.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.unknown)

    def _choose(self, place: int) -> None:
        self._latent.ask_for(self.classes.itemData(place))
        self._latent.end_gesture()

    def _show_model(self) -> None:
        card = self._latent.card
        classes = () if card is None else card.classes
        words = () if card is None else card.words
        self.setVisible(bool(classes or words))
        self.classes.setVisible(bool(classes))
        self.words.setVisible(bool(words))
        self._label.setText("Class" if classes else "Words")
        self.classes.clear()
        self.classes.addItem(ANYTHING, "")
        for name in classes:
            self.classes.addItem(name, name)
        self._show_state()

    def _show_state(self) -> None:
        prompt = self._latent.state.prompt
        self.classes.setCurrentIndex(max(0, self.classes.findData(prompt)))
        if self.words.text() != prompt:
            with QSignalBlocker(self.words):
                self.words.setText(prompt)
        unknown = self._latent.unknown_words(prompt) if not self.words.isHidden() else []
        self.unknown.setVisible(bool(unknown))
        self.unknown.setText(_spoken(unknown))


def _spoken(unknown: list[str]) -> str:
    if not unknown:
        return ""
    words = ", ".join(f"“{word}”" for word in unknown)
    them = "it" if len(unknown) == 1 else "them"
    return f"The model does not know {words}: no caption had {them}."
