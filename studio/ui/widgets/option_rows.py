"""Rows of a form whose value is no number: a switch, and one of several choices."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from studio.ui.widgets.captions import caption, captioned_row
from studio.ui.widgets.elided_label import CutTip

_ELIDE = Qt.TextElideMode.ElideRight
_AROUND_TEXT = 1  # px that styles leave on either side of it


class CheckRow(QCheckBox):
    """A switch. Emits `changed(bool)`, then `committed(bool)`."""

    changed = Signal(bool)
    committed = Signal(bool)

    def __init__(
        self, label: str, value: bool, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(label, parent)
        self.setToolTip(tip)
        self.setChecked(value)
        self.clicked.connect(self._clicked)

    def value(self) -> bool:
        return self.isChecked()

    def set_value(self, value: bool) -> None:
        """Show another value; emits nothing."""
        self.setChecked(value)

    def _clicked(self, value: bool) -> None:
        self.changed.emit(value)
        self.committed.emit(value)


class CalmComboBox(QComboBox):
    """Lets the wheel pass to the panel unless it has the focus; what is too long gives way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tip = CutTip(self)
        self.currentTextChanged.connect(self._tell_all)

    def shown_text(self) -> str:
        """What is visible of the choice at the present width."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        room = field.width() - 2 * _AROUND_TEXT
        return self.fontMetrics().elidedText(self.currentText(), _ELIDE, room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_all()

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.shown_text()
        if shown == self.currentText():
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = shown
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _tell_all(self) -> None:
        self._tip.tell(self.currentText(), self.shown_text())


class ChoiceRow(QWidget):
    """One of several words. Emits `changed(str)`, then `committed(str)`."""

    changed = Signal(str)
    committed = Signal(str)

    def __init__(
        self,
        label: str,
        choices: Sequence[str],
        value: str,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices = tuple(choices)
        self.combo = CalmComboBox()
        self.combo.addItems([choice.replace("_", " ").capitalize() for choice in choices])
        self.combo.setAccessibleName(label)
        self.setFocusProxy(self.combo)
        self.setToolTip(tip)
        self.caption = caption(label)
        captioned_row(self.caption, self).addWidget(self.combo, 1)
        self.set_value(value)
        self.combo.activated.connect(self._activated)

    def value(self) -> str:
        return self._choices[self.combo.currentIndex()]

    def set_value(self, value: str) -> None:
        """Show another value; emits nothing.

        Raises:
            ValueError: it is not one of the choices.
        """
        self.combo.setCurrentIndex(self._choices.index(value))

    def _activated(self) -> None:
        self.changed.emit(self.value())
        self.committed.emit(self.value())
