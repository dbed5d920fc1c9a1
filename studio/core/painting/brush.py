"""What a brush is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.core.params import param

LEAST_SIZE, MOST_SIZE = 1.0, 2000.0  # px
_SIZE_STEP = 1.15


@dataclass(frozen=True, slots=True)
class Brush:
    """A round tip and how it paints. Sizes are diameters in px of the layer.

    `flow` is what one dab adds, `opacity` is the most that a whole stroke reaches. `smoothing` is
    the length in view px of the string on which the pointer pulls the tip.
    """

    size: float = param(24.0, "Size", LEAST_SIZE, MOST_SIZE, 1.0, "px", soft_high=500)
    hardness: float = param(0.8, "Hardness", 0.0, 1.0, 0.01)
    opacity: float = param(1.0, "Opacity", 0.0, 1.0, 0.01)
    flow: float = param(1.0, "Flow", 0.01, 1.0, 0.01)
    smoothing: float = param(0.0, "Smoothing", 0.0, 100.0, 1.0, "px")
    pressure_size: bool = param(default=True, label="Pressure sets the size")
    pressure_flow: bool = param(default=False, label="Pressure sets the flow")

    def resized(self, steps: int) -> Brush:
        """The brush some keystrokes larger or smaller: by a sixth, at least by one px."""
        size = self.size
        for _ in range(abs(steps)):
            size = (
                max(size * _SIZE_STEP, size + 1) if steps > 0 else min(size / _SIZE_STEP, size - 1)
            )
        return replace(self, size=min(MOST_SIZE, max(LEAST_SIZE, float(round(size)))))
