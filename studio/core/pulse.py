"""How often long work tells how far it is."""

from __future__ import annotations

import math
import time


class Pulse:
    """Keeps what is told to a person from holding up the work: at most every `seconds`."""

    def __init__(self, seconds: float = 0.1) -> None:
        self._seconds = seconds
        self._last = -math.inf

    def due(self) -> bool:
        """Whether it is time to tell again; if so, the time counts from now. The first is due."""
        now = time.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True
