"""Guides, grid and snapping: what helps to place things on the canvas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.app.document_session import DocumentSession
from studio.core.guides import Axis, Guides
from studio.core.params import param


@dataclass(frozen=True)
class Grid:
    spacing: int = param(64, "Spacing", 2, 4096, 1, "px", soft_high=256)


@dataclass(frozen=True)
class Aids:
    """Which aids are on; `spacing` is that of the grid, in px."""

    guides: bool = True
    grid: bool = False
    snapping: bool = True
    spacing: int = 64


class CanvasAids(QObject):
    """Which aids are on, and intents for the guides. Lives in the GUI thread.

    Guides are part of the document, with undo; what is on is part of how a project is looked at.
    Emits `changed()`.
    """

    changed = Signal()

    def __init__(self, documents: DocumentSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._documents = documents
        self._aids = Aids()

    @property
    def on(self) -> Aids:
        return self._aids

    def change(self, **values: Any) -> None:
        """Turn aids on or off: fields of `Aids`."""
        aids = replace(self._aids, **values)
        if aids != self._aids:
            self._aids = aids
            self.changed.emit()

    def to_json(self) -> dict[str, Any]:
        return asdict(self._aids)

    def restore(self, data: Any) -> None:
        """What `to_json` gave, perhaps damaged: what makes no sense is as at the beginning."""
        kept = data if isinstance(data, Mapping) else {}
        defaults = asdict(Aids())
        known = {name: kept.get(name) for name in defaults}
        usable = {name: v for name, v in known.items() if type(v) is type(defaults[name])}
        values = {**defaults, **usable}
        spacing = values["spacing"] if values["spacing"] >= 2 else defaults["spacing"]
        self.change(**{**values, "spacing": spacing})

    # --- Guides ---

    @property
    def guides(self) -> Guides:
        return self._documents.document.guides

    def add_guide(self, axis: Axis, at: float) -> None:
        self._set(self.guides.with_guide(axis, at), "Add guide")

    def move_guide(self, axis: Axis, index: int, to: float) -> None:
        self._set(self.guides.moved(axis, index, to), "Move guide")

    def remove_guide(self, axis: Axis, index: int) -> None:
        self._set(self.guides.without(axis, index), "Remove guide")

    def clear_guides(self) -> None:
        self._set(Guides(), "Clear guides")

    def _set(self, guides: Guides, text: str) -> None:
        if guides != self.guides:
            self._documents.commit(replace(self._documents.document, guides=guides), text)
