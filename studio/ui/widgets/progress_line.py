"""Progress as a 4-px line."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

_STEPS = 1000


class ProgressLine(QProgressBar):
    """`set_fraction` takes 0 to 1, or None while it is not known how much there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self.setFixedHeight(4)
        self.setAccessibleName("Progress")
        self.set_fraction(0.0)

    def fraction(self) -> float | None:
        return self.value() / _STEPS if self.maximum() else None

    def set_fraction(self, fraction: float | None) -> None:
        if fraction is None:
            self.setRange(0, 0)
            return
        self.setRange(0, _STEPS)
        self.setValue(round(min(max(fraction, 0.0), 1.0) * _STEPS))
