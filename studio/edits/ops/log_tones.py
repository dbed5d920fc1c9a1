from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_tones


@dataclass(frozen=True)
class LogTones:
    strength: float = param(
        3.0, "Strength", 0.1, 100.0, 0.1, soft_high=30.0, help="1 is the plain logarithm."
    )


@operation(
    "log_tones",
    "Logarithm",
    "color",
    LogTones,
    presets={"Plain": {"strength": 1.0}, "Into the dark": {"strength": 20.0}},
    words="log shadows lift dark",
)
def log_tones(image: Image, params: LogTones, context: EditContext) -> Image:
    """Open the shadows as film does; black and white stay."""
    k = params.strength
    return map_tones(image, lambda tone: np.log1p(k * tone) / np.log1p(k))
