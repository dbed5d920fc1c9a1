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
        self._cannot_save = False
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
        if self._is_settled() or not self._patience.isActive():
            self._waiting.stop()
            self._patience.stop()
            self.ready = True
            QTimer.singleShot(0, self._done)  # the window ignores a close within a close

    def _is_settled(self) -> bool:
        """Whether nothing is at work, and nothing has changed since the last save.

        Work that ends while the window waits changes the project once more (a kept model is what
        the explorer shows): that is saved, as often as it happens.
        """
        studio = self._context.studio
        if studio.training.active or studio.lanes["io"].busy:
            return False
        if self._cannot_save or not self._has_late_news():
            return True
        studio.project.save(on_failed=self._give_up_saving)
        return False

    def _give_up_saving(self) -> None:
        self._cannot_save = True

    def _has_late_news(self) -> bool:
        """Whether the project changed after its save by more than a person's unsaved work."""
        project = self._context.studio.project
        is_writable = project.project is not None and not project.project.read_only
        return is_writable and project.has_news and not project.has_unsaved_work
