"""What the person has chosen for good, on this machine: one small file in the data folder."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.core.params import from_json, param, specs, to_json
from studio.errors import StudioError
from studio.project.own_file import OwnFile

log = logging.getLogger(__name__)

FILE = OwnFile("settings.json", "settings")


@dataclass(frozen=True)
class Settings:
    """Every choice, with what it is before anybody chooses."""

    theme: str = param("dark", "Theme", choices=("dark", "light"))
    autosave_seconds: int = param(
        20,
        "Autosave every",
        5,
        600,
        unit="s",
        soft_high=120,
        help="A crash loses at most this much work.",
    )
    reopen_last: bool = param(
        default=False, label="Open the last project at start", help="Instead of the welcome screen."
    )


class SettingsSession(QObject):
    """Owns the settings, the person's own keys and where the window was. Lives in the GUI thread.

    Emits `changed()` when a setting has another value.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        data = FILE.read()
        self.values = _settings_of(data.get("settings"))
        window = data.get("window")
        self.window: dict[str, Any] = window if isinstance(window, dict) else {}
        self.shortcuts = _shortcuts_of(data.get("shortcuts"))

    def change(self, **changes: Any) -> None:
        """Set some settings and keep them.

        Raises:
            StudioError: a name or a value that there is not.
        """
        new = from_json(Settings, {**to_json(self.values), **changes})
        if new != self.values:
            self.values = new
            self._write()
            self.changed.emit()

    def keep_window(self, **state: Any) -> None:
        """Remember where and how large the window is."""
        self.window = {**self.window, **state}
        self._write()

    def keep_shortcuts(self, shortcuts: Mapping[str, tuple[str, ...]]) -> None:
        """Remember the keys of those commands that have others than in the table."""
        self.shortcuts = dict(shortcuts)
        self._write()

    def _write(self) -> None:
        settings = to_json(self.values)
        FILE.write({"settings": settings, "window": self.window, "shortcuts": self.shortcuts})


def _shortcuts_of(data: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(data, dict):
        return {}
    return {
        str(action_id): tuple(key for key in keys if isinstance(key, str))
        for action_id, keys in data.items()
        if isinstance(keys, list)
    }


def _settings_of(data: object) -> Settings:
    """What can be read; a value that is not legal (any more) is the default."""
    settings = Settings()
    for spec in specs(Settings):
        if isinstance(data, dict) and spec.name in data:
            try:
                settings = replace(settings, **{spec.name: spec.coerce(data[spec.name])})
            except StudioError as error:
                log.warning("A setting could not be read: %s", error)
    return settings
