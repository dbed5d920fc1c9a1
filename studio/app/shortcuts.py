"""The keys of the commands: as the table has them, or as the person wants them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from studio.app.action import Action
from studio.app.actions import ActionTable
from studio.app.settings import SettingsSession


class Shortcuts(QObject):
    """Keys by the ids of commands, kept with the settings. Lives in the GUI thread.

    A key that the person gave to one command is taken from all others, so that no key ever means
    two things. Emits `changed()`.
    """

    changed = Signal()

    def __init__(
        self, table: ActionTable, settings: SettingsSession, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.table = table
        self._settings = settings
        self._own = {
            action_id: legal_keys(keys)
            for action_id, keys in settings.shortcuts.items()
            if action_id in table
        }

    def keys(self, action_id: str) -> tuple[str, ...]:
        """What triggers a command, in Qt's portable words; the first is the one that is shown."""
        if action_id in self._own:
            return self._own[action_id]
        taken = {key for keys in self._own.values() for key in keys}
        defaults = legal_keys(self.table[action_id].shortcuts)
        return tuple(key for key in defaults if key not in taken)

    def is_changed(self, action_id: str) -> bool:
        return self.keys(action_id) != legal_keys(self.table[action_id].shortcuts)

    def owner(self, key: str, but: str = "") -> Action | None:
        """The command that a key triggers now, other than `but`."""
        return next((row for row in self.table if row.id != but and key in self.keys(row.id)), None)

    def set_keys(self, action_id: str, keys: Iterable[str]) -> None:
        """Give a command these keys and no others; whoever had one of them loses it."""
        wanted = legal_keys(keys)
        for other, theirs in self._own.items():
            self._own[other] = tuple(key for key in theirs if key not in wanted)
        self._own[action_id] = wanted
        self._keep()

    def reset(self, action_id: str) -> None:
        """The command's keys as the table has them, back from whoever has them."""
        self.set_keys(action_id, self.table[action_id].shortcuts)

    def reset_all(self) -> None:
        self._own = {}
        self._keep()

    def _keep(self) -> None:
        self._own = {
            action_id: keys
            for action_id, keys in self._own.items()
            if keys != legal_keys(self.table[action_id].shortcuts)
        }
        self._settings.keep_shortcuts(self._own)
        self.changed.emit()


def legal_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """Those that Qt understands, in its portable words, each once."""
    words = (QKeySequence(key).toString() for key in keys)
    return tuple(dict.fromkeys(word for word in words if word))


def spoken_keys(keys: Iterable[str]) -> str:
    """As this system writes them: ``Ctrl+Shift+Z or Ctrl+Y``."""
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(QKeySequence(key).toString(native) for key in keys)
