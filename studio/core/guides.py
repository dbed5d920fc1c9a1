"""Lines of a document that things snap to; they are never part of the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Axis: TypeAlias = Literal["x", "y"]


@dataclass(frozen=True, slots=True)
class Guides:
    """Where guides lie, in document px: upright ones at `x`, level ones at `y`."""

    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()

    def with_guide(self, axis: Axis, at: float) -> Guides:
        return self._with(axis, (*self._at(axis), at))

    def without(self, axis: Axis, index: int) -> Guides:
        at = self._at(axis)
        return self._with(axis, (*at[:index], *at[index + 1 :]))

    def moved(self, axis: Axis, index: int, to: float) -> Guides:
        at = self._at(axis)
        return self._with(axis, (*at[:index], to, *at[index + 1 :]))

    def shifted(self, dx: float, dy: float) -> Guides:
        """All of them, for a document whose corner moved."""
        return Guides(tuple(at + dx for at in self.x), tuple(at + dy for at in self.y))

    def _at(self, axis: Axis) -> tuple[float, ...]:
        return self.x if axis == "x" else self.y

    def _with(self, axis: Axis, at: tuple[float, ...]) -> Guides:
        return replace(self, x=at) if axis == "x" else replace(self, y=at)
