"""How roughly the canvas is shown while somebody changes the picture."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer

from studio.edits.render import DRAFT, FINE

HASTE = 2  # levels: what renders long even as a draft is shown so much coarser
SETTLE_MS = 150  # after the last change, until the picture is shown as it is


class Detail(NamedTuple):
    """At which level the picture is made; with less than `FINE`, of drafts (`render_layer`)."""

    level: int
    fine_pixels: int

    @property
    def is_draft(self) -> bool:
        return self.fine_pixels < FINE


class Haste(QTimer):
    """Runs while drafts are enough; its `timeout` is the time for the picture as it is."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent, singleShot=True, interval=SETTLE_MS)
        self._coarser = False

    def begin(self, *, coarser: bool = False) -> None:
        """Show drafts from now on; `coarser`: where these are slow as well."""
        self._coarser = coarser
        self.start()

    @property
    def is_coarsest(self) -> bool:
        return self.isActive() and self._coarser

    def detail(self, level: int) -> Detail:
        """How to show now what is looked at at a level."""
        if self.is_coarsest:
            return Detail(level + HASTE, 0)
        return Detail(level, DRAFT if self.isActive() else FINE)
