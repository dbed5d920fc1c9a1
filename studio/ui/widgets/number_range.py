"""What numbers a control accepts, and how they are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Units that stand directly behind their number; all others are set off by a space.
_CLOSE_UNITS = ("°", "σ", "×")


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Limits, step and notation of one number.

    A slider runs from `low` to `soft_high` (`high` where that is None); a typed number may go up to
    `high`. Missing limits are infinite: such a range has no slider. `signed` writes a plus too.
    """

    low: float = -math.inf
    high: float = math.inf
    step: float = 0.01
    unit: str = ""
    soft_high: float | None = None
    signed: bool = False

    @property
    def end(self) -> float:
        """Where a slider ends."""
        return self.high if self.soft_high is None else self.soft_high

    @property
    def is_finite(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.end)

    @property
    def origin(self) -> float:
        """Where a slider's fill begins: zero if that lies inside, else the low end."""
        return 0.0 if self.low < 0.0 < self.end else self.low

    @property
    def decimals(self) -> int:
        """As many as the step needs, at most four."""
        for count in range(4):
            if math.isclose(self.step * 10**count, round(self.step * 10**count), abs_tol=1e-9):
                return count
        return 4

    def legal(self, value: float) -> float:
        """The nearest value that is a whole number of steps from zero and within the limits."""
        snapped = round(value / self.step) * self.step
        return round(min(max(snapped, self.low), self.high), 10)

    def fraction(self, value: float) -> float:
        """Where a value lies on a slider, from 0 to 1."""
        width = self.end - self.low
        return min(max((value - self.low) / width, 0.0), 1.0) if width > 0 else 0.0

    def at(self, fraction: float) -> float:
        """The legal value at a place on a slider, the inverse of `fraction`."""
        return self.legal(self.low + min(max(fraction, 0.0), 1.0) * (self.end - self.low))

    def text(self, value: float) -> str:
        """``0.80``, ``12 px``, ``+1.1σ``."""
        number = f"{value:{'+' if self.signed else ''}.{self.decimals}f}"
        if not self.unit:
            return number
        return f"{number}{'' if self.unit in _CLOSE_UNITS else ' '}{self.unit}"

    def parse(self, text: str) -> float | None:
        """The number that a person typed, legal; with or without unit, with comma or point."""
        cleaned = text.strip().removesuffix(self.unit).strip().replace(",", ".")
        try:
            value = float(cleaned)
        except ValueError:
            return None
        return self.legal(value) if math.isfinite(value) else None
