"""The token that every long call is given: cancel and pause, thread-safe, no Qt."""

from __future__ import annotations

import threading


class Cancelled(Exception):  # noqa: N818  (not an error: somebody asked for it)
    """Raised by `RunControl.check` when the work is no longer wanted."""


class RunControl:
    """Cancel and pause for one long piece of work. Any thread may call any method."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._running.set()

    def cancel(self) -> None:
        """Ask the work to stop; a paused one wakes up to do so."""
        self._cancelled.set()
        self._running.set()

    def pause(self) -> None:
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def paused(self) -> bool:
        return not self._running.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the work is no longer wanted. Cheap: call it in inner loops."""
        if self._cancelled.is_set():
            raise Cancelled

    def wait_while_paused(self) -> bool:
        """Block while paused; False if the work was cancelled meanwhile."""
        self._running.wait()
        return not self.cancelled
