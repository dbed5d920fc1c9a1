"""Cyclic garbage is collected in the GUI thread, between two events, and nowhere else."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

_PAUSE_MS = 500
_MANY_MODULES = 50  # new ones: something large was imported


class Garbage(QObject):
    """Takes over from Python's automatic collection until it is closed.

    That one runs in whichever thread happens to allocate: in a lane it destroys windows and timers
    outside their thread, which crashes Qt; anywhere it goes through all that was ever imported,
    which with torch stops the window for a third of a second. What lives when a large import is
    found stays for ever, and is not gone through again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_automatic = gc.isenabled()
        self._modules = len(sys.modules)
        self._timer = QTimer(self, interval=_PAUSE_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()
        gc.disable()

    def collect(self) -> None:
        """Collect the oldest generation that is due, by Python's own thresholds."""
        if len(sys.modules) - self._modules > _MANY_MODULES:
            self._modules = len(sys.modules)
            gc.freeze()
        due = [n for n, limit in enumerate(gc.get_threshold()) if gc.get_count()[n] > limit]
        if due:
            gc.collect(max(due))

    def close(self) -> None:
        """Leave it to Python again, if it was."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_automatic:
            gc.enable()
