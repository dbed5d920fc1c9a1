"""What a panel shows while there is nothing in it: what it is for, and the first step."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from studio.ui import icons, theme
from studio.ui.widgets.elided_label import CutTip, ElidedLabel

_ICON = 32
_WIDEST = 220  # px of the words on the button
_ROOMY = 140  # px of height; with less the words go before the icon


class EmptyState(QWidget):
    """Icon, title, one sentence and at most one button. Emits `activated()` when that is used."""

    activated = Signal()

    def __init__(
        self,
        icon: str,
        title: str,
        sentence: str,
        button: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self.title = ElidedLabel(title)
        self.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.title.setProperty("role", "heading")
        self._sentence = QLabel(sentence, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._sentence.setProperty("role", "secondary")
        self._sentence.setWordWrap(True)
        self.button = QPushButton()
        self.button.clicked.connect(self.activated)
        self._tip = CutTip(self.button)
        self._lay_out()
        self._offer(button)

    def set_texts(self, title: str, sentence: str, button: str = "") -> None:
        self.title.setText(title)
        self._sentence.setText(sentence)
        self._offer(button)

    def _offer(self, step: str) -> None:
        """Names in it may be of any length, and must not widen the panel."""
        shown = self.fontMetrics().elidedText(step, Qt.TextElideMode.ElideMiddle, _WIDEST)
        self.button.setText(shown)
        self.button.setVisible(bool(step))
        self._tip.tell(step, shown)

    def minimumSizeHint(self) -> QSize:
        """Without the icon: it is there only where there is room for it."""
        hint = super().minimumSizeHint()
        return hint - QSize(0, _ICON if self._picture.isVisibleTo(self) else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture.setVisible(self.height() >= _ROOMY)

    def changeEvent(self, event: QEvent) -> None:
        """The icon follows a change of theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._tint()

    def _tint(self) -> None:
        color = theme.current().color("secondary")
        self._picture.setPixmap(icons.pixmap(self._icon, _ICON, color, self.devicePixelRatioF()))

    def _lay_out(self) -> None:
        self._tint()
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(4)
        column.addStretch(1)
        column.addWidget(self._picture)
        column.addSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self._sentence)
        column.addSpacing(12)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
