from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.param_values import LayerRef
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_pixels, tone_counts, tone_index, tone_shares, tones


@dataclass(frozen=True)
class MatchHistogram:
    source: LayerRef = param(LayerRef(), "Tones of", help="The layer whose mood this one takes.")
    amount: float = param(1.0, "Amount", 0.0, 1.0, 0.01)


@operation(
    "match_histogram",
    "Match tones of a layer",
    "color",
    MatchHistogram,
    presets={"Half way": {"amount": 0.5}},
    words="histogram matching reference mood grade",
)
def match_histogram(image: Image, params: MatchHistogram, context: EditContext) -> Image:
    """Give each color channel the distribution of tones that another layer has."""
    channels = min(image.shape[2], 3)
    tables = _tables(
        tone_counts(image, channels),
        tone_counts(context.picture(params.source), channels),
    )
    amount = np.float32(params.amount)

    def matched(color: Image) -> Raw:
        index = tone_index(color)
        planes = [table[index[..., channel]] for channel, table in enumerate(tables)]
        return color + (np.stack(planes, axis=2) - color) * amount

    return map_pixels(image, matched)


def _tables(own: Image, other: Image) -> list[Image]:
    """For each channel, the tone that as many px of the other picture are below."""
    return [
        np.interp(tone_shares(mine), tone_shares(theirs), tones()).astype(np.float32)
        for mine, theirs in zip(own, other, strict=True)
    ]
