"""Messages in passing, stacked at the bottom right of a window."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from studio.ui import icons, theme
from studio.ui.widgets.icon_button import close_button
from studio.ui.widgets.link import link

WIDTH = 320
MARGIN = 16
GAP = 8
AT_MOST = 4
_LONG_WORD = re.compile(r"\S{20}(?=\S)")

_ICONS = {"info": "info", "good": "check", "attention": "warning", "bad": "warning"}
_COLORS = {"info": "link", "good": "good", "attention": "attention", "bad": "bad"}


class Toast(QFrame):
    """One message. Stays while the pointer is on it. Emits `closed()` once, when it goes."""

    closed = Signal()

    def __init__(
        self, message: str, hint: str = "", tone: str = "info", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "card")
        self.setAccessibleName(message)
        self.setFixedWidth(WIDTH)
        self.says = (message, hint)
        self._seconds = 0.0
        self._life = QTimer(self, singleShot=True)
        self._life.timeout.connect(self.close)
        self._texts = QVBoxLayout()
        self._texts.setSpacing(4)
        self._texts.addWidget(_text(message, ""))
        if hint:
            self._texts.addWidget(_text(hint, "secondary"))
        cross = close_button("Dismiss")
        cross.clicked.connect(self.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 8, 10)
        row.setSpacing(10)
        row.addWidget(_mark(tone, self.devicePixelRatioF()), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._texts, 1)
        row.addWidget(cross, 0, Qt.AlignmentFlag.AlignTop)

    def add_action(self, label: str, act: Callable[[], object]) -> None:
        """A link below the text; using it closes the toast."""

        def act_and_close() -> None:
            act()
            self.close()

        button = link(label)
        button.clicked.connect(act_and_close)
        self._texts.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def live(self, seconds: float) -> None:
        """Go after that time; 0 stays until it is closed."""
        self._seconds = seconds
        if seconds > 0:
            self._life.start(round(seconds * 1000))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Enter:
            self._life.stop()
        elif event.type() == QEvent.Type.Leave:
            self.live(self._seconds)
        elif event.type() == QEvent.Type.Close:
            self._life.stop()
            self.closed.emit()
        return super().event(event)


class ToastArea(QObject):
    """Stacks toasts at the bottom right of `host`, newest lowest, the oldest going first."""

    def __init__(self, host: QWidget, above: int = 0) -> None:
        """`above` px at the bottom of the host stay free."""
        super().__init__(host)
        self._host = host
        self._above = above
        self._toasts: list[Toast] = []
        host.installEventFilter(self)

    @property
    def toasts(self) -> tuple[Toast, ...]:
        return tuple(self._toasts)

    def show_message(
        self,
        message: str,
        hint: str = "",
        tone: str = "info",
        action: tuple[str, Callable[[], object]] | None = None,
        seconds: float = 6.0,
    ) -> Toast:
        """Say something; `action` is a label and what it does, `seconds` 0 stays until closed.

        What is said again takes the place of what was said.
        """
        for old in self.toasts:
            if old.says == (message, hint):
                old.close()
        toast = Toast(message, hint, tone, self._host)
        if action:
            toast.add_action(*action)
        toast.closed.connect(lambda: self._gone(toast))
        self._toasts.append(toast)
        for old in self._toasts[:-AT_MOST]:
            old.close()
        toast.show()
        toast.live(seconds)
        self._stack()
        return toast

    def clear(self) -> None:
        for toast in self.toasts:
            toast.close()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._stack()
        return False

    def _gone(self, toast: Toast) -> None:
        self._toasts.remove(toast)
        toast.deleteLater()
        self._stack()

    def _stack(self) -> None:
        bottom = self._host.height() - MARGIN - self._above
        for toast in reversed(self._toasts):
            toast.resize(WIDTH, toast.heightForWidth(WIDTH))
            bottom -= toast.height()
            toast.move(self._host.width() - WIDTH - MARGIN, bottom)
            toast.raise_()
            bottom -= GAP


def _text(text: str, role: str) -> QLabel:
    breakable = _LONG_WORD.sub("\\g<0>\u200b", text)  # names of files know no spaces
    label = QLabel(breakable, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label


def _mark(tone: str, ratio: float) -> QLabel:
    label = QLabel()
    label.setPixmap(icons.pixmap(_ICONS[tone], 16, theme.current().color(_COLORS[tone]), ratio))
    return label
