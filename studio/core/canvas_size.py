"""How large a canvas is, on the screen and on paper, and what stays where when that changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Unit: TypeAlias = Literal["px", "mm", "in"]
Side: TypeAlias = Literal[0, 1, 2]  # left or top, middle, right or bottom

UNITS: tuple[Unit, ...] = get_args(Unit)
SIDES: tuple[Side, ...] = get_args(Side)
MM_PER_INCH = 25.4


def converted(length: float, unit: Unit, to: Unit, dpi: float) -> float:
    """A length in another unit, at `dpi` px an inch."""
    per_inch = {"px": dpi, "mm": MM_PER_INCH, "in": 1.0}
    return length * per_inch[to] / per_inch[unit]


@dataclass(frozen=True, slots=True)
class CanvasSize:
    """A canvas of `width` by `height` px, printed at `dpi`.

    `anchor` says by column and row which part of the picture stays where it is.
    """

    width: int
    height: int
    dpi: float
    anchor: tuple[Side, Side] = (1, 1)

    def offset(self, width: int, height: int) -> tuple[int, int]:
        """How far everything on a canvas of `width` by `height` px moves to get onto this one."""
        column, row = self.anchor
        return (self.width - width) * column // 2, (self.height - height) * row // 2


# What designers begin with, by a name.
PRESETS = {
    "Square": CanvasSize(1024, 1024, 300),
    "Icon": CanvasSize(512, 512, 72),
    "Full HD": CanvasSize(1920, 1080, 72),
    "Social post": CanvasSize(1080, 1350, 72),
    "A4 at 150 dpi": CanvasSize(1240, 1754, 150),
    "A4 at 300 dpi": CanvasSize(2480, 3508, 300),
}
