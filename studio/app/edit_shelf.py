"""What a person keeps of edits on this machine: presets of their own, and what was used last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.core.params import from_json, specs, to_json
from studio.edits.operation import EditOperation
from studio.project.own_file import OwnFile

FILE = OwnFile("edits.json", "presets")
RECENT = 6


@dataclass(frozen=True, slots=True)
class Preset:
    """Params by a name; `own` ones were kept by the person."""

    name: str
    params: Mapping[str, Any]
    own: bool = False


class EditShelf(QObject):
    """Owns the presets file. Lives in the GUI thread.

    Emits `changed()` after a preset was kept or forgotten.
    """

    changed = Signal()

    def presets(self, operation: EditOperation) -> tuple[Preset, ...]:
        """The person's own ones, then those that come with the operation."""
        own = self._own(operation.id).items()
        return (
            *(Preset(name, params, own=True) for name, params in sorted(own)),
            *(Preset(name, params) for name, params in operation.presets.items()),
        )

    def keep(self, operation: EditOperation, name: str, params: Mapping[str, Any]) -> None:
        """Keep params as a preset; one of the same name is replaced. Other layers stay behind."""
        layers = {spec.name for spec in specs(operation.params_type) if spec.kind == "layer"}
        kept = {key: value for key, value in params.items() if key not in layers}
        self._data.setdefault("presets", {}).setdefault(operation.id, {})[name] = kept
        FILE.write(self._data)
        self.changed.emit()

    def forget(self, operation: EditOperation, name: str) -> None:
        """Remove one of the person's presets."""
        if self._own(operation.id).pop(name, None) is not None:
            FILE.write(self._data)
            self.changed.emit()

    @property
    def recent(self) -> tuple[str, ...]:
        """Ids of the operations that were added last, the newest first."""
        return tuple(item for item in self._data.get("recent", []) if isinstance(item, str))

    def note_use(self, operation_id: str) -> None:
        rest = [item for item in self.recent if item != operation_id]
        self._data["recent"] = [operation_id, *rest][:RECENT]
        FILE.write(self._data)

    def _own(self, operation_id: str) -> dict[str, Any]:
        own: dict[str, Any] = self._data.get("presets", {}).get(operation_id, {})
        return own

    @cached_property
    def _data(self) -> dict[str, Any]:
        return FILE.read()


def preset_params(
    operation: EditOperation, start: Mapping[str, Any], preset: Preset
) -> dict[str, Any]:
    """All params of a preset: what it leaves out is as in `start`, a new step.

    Raises:
        StudioError: it has params that the operation does not know (any more) or accept.
    """
    return to_json(from_json(operation.params_type, {**start, **preset.params}))
