"""How smoothly the event loop runs: the gaps between the ticks of a fast timer."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 5


@dataclass(frozen=True, slots=True)
class Gaps:
    """Percentiles of the gaps between ticks, in ms; `TICK_MS` is the best there can be."""

    p50: float
    p99: float
    worst: float
    ticks: int


class LoopGauge(QObject):
    """Counts while it is started. Lives in the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gaps: list[float] = []
        self._last: float | None = None
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last = None
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def take(self) -> Gaps:
        """What was counted since the last `take`."""
        gaps = np.array(self._gaps or [0.0]) * 1000.0
        ticks = len(self._gaps)
        self._gaps = []
        p50, p99 = np.percentile(gaps, (50, 99))
        return Gaps(round(float(p50), 1), round(float(p99), 1), round(float(gaps.max()), 1), ticks)

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last is not None:
            self._gaps.append(now - self._last)
        self._last = now
