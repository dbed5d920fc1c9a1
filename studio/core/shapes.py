"""Flat shapes with smooth outlines: what a vector drawing is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.param_values import Color

Points: TypeAlias = NDArray[np.float64]  # [N, 2]: x, y in px, px corners at whole numbers
# A closed outline of cubic curves [N, 4, 2]: start, two handles, end; each starts where the last
# one ended.
Outline: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """One color inside of outlines; where they overlap, an even number of them is outside."""

    color: Color
    outlines: tuple[Outline, ...]


@dataclass(frozen=True)
class Drawing:
    """`shapes` from the lowest to the topmost, on a page of `width` by `height` px."""

    width: int
    height: int
    shapes: tuple[Shape, ...]

    @property
    def curves(self) -> int:
        return sum(len(outline) for shape in self.shapes for outline in shape.outlines)
