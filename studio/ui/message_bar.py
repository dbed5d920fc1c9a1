"""A calm bar above the canvas that asks something without standing in the way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from studio.ui.widgets.icon_button import close_button
from studio.ui.widgets.link import link


class MessageBar(QWidget):
    """One sentence and a few answers; gone when one is chosen. The cross chooses none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._text = QLabel(wordWrap=True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setProperty("role", "attention")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 4, 8, 4)
        self._row.addWidget(self._text, 1)
        self._answers: list[QPushButton] = []
        cross = close_button("Not now")
        cross.clicked.connect(self.dismiss)
        self._row.addWidget(cross)
        self.hide()

    @property
    def answers(self) -> tuple[QPushButton, ...]:
        return tuple(self._answers)

    def ask(self, text: str, answers: dict[str, Callable[[], None]]) -> None:
        """Show `text` and a button for each answer, replacing what was asked before."""
        self.dismiss()
        self._text.setText(text)
        for label, act in answers.items():
            button = link(label)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # it goes: a click leaves the keys alone
            button.clicked.connect(self.dismiss)
            button.clicked.connect(act)
            self._row.insertWidget(self._row.count() - 1, button)
            self._answers.append(button)
        self.show()

    def dismiss(self) -> None:
        for button in self._answers:
            button.deleteLater()
        self._answers.clear()
        self.hide()
