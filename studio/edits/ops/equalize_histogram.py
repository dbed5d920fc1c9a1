from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_pixels, tone_counts, tone_index, tone_shares, tones

# Keeps the gain of near-black px, which are mostly noise, within bounds.
_FLOOR = 0.05


@dataclass(frozen=True)
class EqualizeHistogram:
    amount: float = param(0.6, "Amount", 0.0, 1.0, 0.01)


@operation(
    "equalize_histogram",
    "Equalize (whole picture)",
    "color",
    EqualizeHistogram,
    words="histogram equalization contrast",
    presets={"Gentle": {"amount": 0.3}, "In full": {"amount": 1.0}},
    fine=True,
)
def equalize_histogram(image: Image, params: EqualizeHistogram, context: EditContext) -> Image:
    """Spread the tones so that each comes equally often; colors keep their hue."""
    (counts,) = tone_counts(image, 1)
    if np.count_nonzero(counts) <= 1:
        return image
    before = tones()
    after = before + (tone_shares(counts) - before) * params.amount
    gain = ((after + _FLOOR) / (before + _FLOOR)).astype(np.float32)

    def spread(color: Image) -> Raw:
        return (color + np.float32(_FLOOR)) * gain[tone_index(luma(color))] - np.float32(_FLOOR)

    return map_pixels(image, spread)
