from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_pixels, tone_counts


@dataclass(frozen=True)
class AutoLevels:
    clip: float = param(
        0.5, "Clip", 0.0, 10.0, 0.1, "%", soft_high=5.0, help="What may become pure black or white."
    )
    channels: str = param(
        "together",
        "Channels",
        choices=("together", "each alone"),
        help="Each alone removes a color cast as well.",
    )
    amount: float = param(1.0, "Amount", 0.0, 1.0, 0.01)


@operation(
    "auto_levels",
    "Auto levels",
    "color",
    AutoLevels,
    presets={"Remove a color cast": {"channels": "each alone"}, "Gentle": {"amount": 0.5}},
    words="stretch contrast automatic normalize percentile",
    fine=True,
)
def auto_levels(image: Image, params: AutoLevels, context: EditContext) -> Image:
    """Stretch the tones so that the darkest becomes black and the brightest white."""
    counts = tone_counts(image, min(image.shape[2], 3))
    if params.channels == "together":
        counts = np.broadcast_to(counts.sum(axis=0), counts.shape)
    ends = [_ends(count, params.clip / 100.0) for count in counts]
    black, white = np.array(ends, np.float32).T
    gain = 1.0 / np.maximum(white - black, np.float32(1.0 / 255.0))

    def stretched(color: Image) -> Raw:
        # What the stretch clips is clipped before it is mixed with what was there.
        full = np.clip((color - black) * gain, 0.0, 1.0)
        mixed: Raw = color + (full - color) * np.float32(params.amount)
        return mixed

    return map_pixels(image, stretched)


def _ends(counts: Image, clip: float) -> tuple[float, float]:
    """The tones below and above which a share of `clip` lies."""
    if counts.sum() <= 0.0:
        return 0.0, 1.0
    shares = np.cumsum(counts, dtype=np.float64) / counts.sum(dtype=np.float64)
    last = len(counts) - 1
    black = np.searchsorted(shares, clip, "right")
    white = np.searchsorted(shares, 1.0 - clip, "left")
    return min(int(black), last) / last, min(int(white), last) / last
