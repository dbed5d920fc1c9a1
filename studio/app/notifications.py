"""What the person is told in passing; the window shows it as toasts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError

log = logging.getLogger(__name__)

Tone: TypeAlias = Literal["info", "good", "attention", "bad"]


@dataclass(frozen=True, slots=True)
class Notification:
    """One message: a sentence, a hint, and optionally an action of the table as a way out."""

    message: str
    hint: str = ""
    tone: Tone = "info"
    action: str = ""


class Notifications(QObject):
    """Lives in the GUI thread. Emits `posted(Notification)`."""

    posted = Signal(Notification)

    def post(self, message: str, hint: str = "", tone: Tone = "info", action: str = "") -> None:
        self.posted.emit(Notification(message, hint, tone, action))

    def attempt(self, work: Callable[[], object]) -> None:
        """Do it; an expected failure is told."""
        try:
            work()
        except StudioError as error:
            self.failed(error)

    def failed(self, error: Exception) -> None:
        """Tell of a failure: an expected one in its own words, any other as a bug."""
        if isinstance(error, StudioError):
            self.post(error.message, error.hint, "bad")
        else:
            self.post(
                "Something went wrong that should not have.",
                f"{type(error).__name__}: {error}. Your work is safe; the log has the details.",
                "bad",
                "help.show_log",
            )
