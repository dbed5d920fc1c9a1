"""A number with its unit: typed, stepped with the arrow keys, or scrubbed with the mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.ui import theme
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.scrubber import Scrubber

# A drag of this many px walks through a whole finite range.
SCRUB_PX = 240


class NumberField(QLineEdit):
    """Shows one number of a `NumberRange`; what cannot be read as a number falls back.

    Emits `changed(float)` while it is scrubbed and `committed(float)` when a change is complete.
    """

    changed = Signal(float)
    committed = Signal(float)

    def __init__(
        self, limits: NumberRange, value: float = 0.0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.limits = limits
        self._value = limits.legal(value)
        self._exact = self._value
        self.setProperty("kind", "scrub")
        self.setFont(theme.tabular_font())
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(64)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a press may begin a drag: `_edit` on click
        self.attach(self).clicked.connect(self._edit)
        self.editingFinished.connect(self._typed)
        self._show()

    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Show another value; emits nothing."""
        self._value = self._exact = self.limits.legal(value)
        self._show()

    def attach(self, widget: QWidget) -> Scrubber:
        """Let drags on `widget` (a label, say) scrub this number."""
        scrubber = Scrubber(widget)
        scrubber.scrubbed.connect(self._scrub)
        scrubber.finished.connect(self._commit)
        return scrubber

    def step(self, count: float) -> None:
        """Go `count` steps up or down, as one complete change."""
        before = self._value
        self.set_value(self._value + count * self.limits.step)
        if self._value != before:
            self.changed.emit(self._value)
            self._commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if direction:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.step(direction * (10 if shift else 1))
        elif event.key() == Qt.Key.Key_Escape and self.isModified():
            self._show()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def _edit(self) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.selectAll()

    def _scrub(self, px: float) -> None:
        """Fractions of a step are kept in `_exact`, so that slow drags arrive too."""
        span = self.limits.end - self.limits.low
        per_px = span / SCRUB_PX if self.limits.is_finite else self.limits.step
        self._exact = min(max(self._exact + px * per_px, self.limits.low), self.limits.high)
        value = self.limits.legal(self._exact)
        if value != self._value:
            self._value = value
            self._show()
            self.changed.emit(value)

    def _typed(self) -> None:
        value = self.limits.parse(self.text()) if self.isModified() else None
        if value is not None and value != self._value:
            self.set_value(value)
            self.changed.emit(value)
            self._commit()
        self._show()

    def _commit(self) -> None:
        self.committed.emit(self._value)

    def _show(self) -> None:
        self.setText(self.limits.text(self._value))
        self.setModified(False)
