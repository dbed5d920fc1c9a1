"""Closing the window: nothing is lost, nothing is left running, nobody waits long."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from studio.app.action import Context
from studio.app.menus.file import leave

POLL_MS = 20
PATIENCE_MS = 4_000  # after this the window goes; the lanes still end their work


class Leaving(QObject):
    """Asks about unsaved work, lets training write its checkpoint, then calls `done`.

    Lives in the GUI thread. `ready` says that the window may close at once.
    """

    def __init__(self, context: Context, done: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._done = done
        self.ready = False
        self._saved_late = False
        self._waiting = QTimer(self, interval=POLL_MS)
        self._waiting.timeout.connect(self._look)
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)

    def begin(self) -> None:
        """The person wants to close the window."""
        if not self._waiting.isActive():
            leave(self._context, self._stop_work)

    def _stop_work(self) -> None:
        studio = self._context.studio
        if studio.training.active:
            studio.training.stop()
            studio.notifications.post("One moment: keeping what was learned.")
        self._patience.start()
        self._waiting.start()
        self._look()

    def _look(self) -> None:
        studio = self._context.studio
        busy = studio.training.active or studio.lanes["io"].busy
        if not busy and not self._saved_late and self._has_late_news():
            self._saved_late = busy = True
            studio.project.save()
        if not busy or not self._patience.isActive():
            self._waiting.stop()
            self._patience.stop()
            self.ready = True
            QTimer.singleShot(0, self._done)  # the window ignores a close within a close

    def _has_late_news(self) -> bool:
        """Whether the end of the training changed what the explorer shows, after the save."""
        project = self._context.studio.project
        is_writable = project.project is not None and not project.project.read_only
        return is_writable and project.has_news and not project.has_unsaved_work
