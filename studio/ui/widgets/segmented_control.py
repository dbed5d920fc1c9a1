"""A few choices side by side, one of them on: ``Grid | Pad | Between``."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

_REST_MS = 500  # as tabs do


class SegmentedControl(QFrame):
    """Choices as id → label. One tab stop; the arrow keys walk. Emits `changed(str)`, an id."""

    changed = Signal(str)

    def __init__(
        self, choices: Mapping[str, str], value: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "segments")
        self._ids = tuple(choices)
        self._buttons = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for index, label in enumerate(choices.values()):
            button = _segment(label)
            self._buttons.addButton(button, index)
            row.addWidget(button, 1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the canvas
        self.setFixedHeight(30)
        self.set_value(value or self._ids[0])
        self._buttons.idClicked.connect(self._clicked)

    def value(self) -> str:
        """The id of the choice that is on."""
        return self._ids[self._buttons.checkedId()]

    def set_value(self, value: str) -> None:
        """Turn another choice on; emits nothing.

        Raises:
            ValueError: there is no such choice.
        """
        self.button(value).setChecked(True)

    def button(self, value: str) -> QPushButton:
        """The button of a choice.

        Raises:
            ValueError: there is no such choice.
        """
        button = self._buttons.button(self._ids.index(value))
        assert isinstance(button, QPushButton)
        return button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
            return
        place = self._buttons.checkedId() + step
        if 0 <= place < len(self._ids):
            self._buttons.button(place).setChecked(True)
            self._clicked(place)

    def _clicked(self, place: int) -> None:
        self.changed.emit(self._ids[place])


class _Segment(QPushButton):
    """Is chosen by a click, and by whatever is dragged and rests on it: it is on its way there."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.click)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.accept()
        if not self.isChecked():
            self._rest.start()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.ignore()  # nothing can be dropped here

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._rest.stop()


def _segment(label: str) -> QPushButton:
    button = _Segment(label)
    button.setProperty("kind", "segment")
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return button
