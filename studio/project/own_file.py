"""What a person chose or did on this machine: small JSON files in the data folder."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from studio.core.files import read_json, write_json_atomic
from studio.errors import StudioError
from studio.paths import data_dir

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One that cannot be read is as good as none, one that cannot be written is logged: neither
    may keep the studio from its work.
    """

    name: str
    holds: str  # "settings": what the log calls it

    def read(self) -> dict[str, Any]:
        file = data_dir() / self.name
        if not file.exists():
            return {}
        try:
            data = read_json(file)
        except StudioError as error:
            log.warning("The %s could not be read: %s", self.holds, error)
            return {}
        return data if isinstance(data, dict) else {}

    def write(self, data: dict[str, Any]) -> None:
        try:
            data_dir().mkdir(parents=True, exist_ok=True)
            write_json_atomic(data_dir() / self.name, data)
        except (StudioError, OSError) as error:
            log.warning("The %s could not be kept: %s", self.holds, error)
