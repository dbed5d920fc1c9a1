"""What is to be thought of a run: a colored dot, a sentence, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from studio.ui import theme

_TONES = {"info": "secondary", "good": "good", "attention": "attention", "bad": "bad"}


class Verdict(QWidget):
    """A dot and a sentence in one color; below it, where there is any, the advice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot = _Dot()
        self.label = _sentence()
        self.advice = _sentence()
        self.advice.setProperty("role", "secondary")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._dot, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.label, 0, 1)
        grid.addWidget(self.advice, 1, 1)

    def set_text(self, text: str, tone: str, advice: str = "") -> None:
        self.setVisible(bool(text))
        self.advice.setText(advice)
        self.advice.setVisible(bool(advice))
        if text == self.label.text() and self.label.property("role") == _TONES[tone]:
            return
        self.label.setText(text)
        self._dot.set_color(_TONES[tone])
        theme.restyle(self.label, role=_TONES[tone])


class _Dot(QWidget):
    """As high as one line of text, so that it stands beside the first."""

    def __init__(self) -> None:
        super().__init__()
        self._color = "secondary"
        self.setFixedSize(QSize(8, 16))

    def set_color(self, color: str) -> None:
        self._color = color
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().color(self._color))
        painter.drawEllipse(QPointF(4, 8), 4.0, 4.0)


def _sentence() -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
