from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.param_values import Curve
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, clipped, map_pixels, tone_index, tones

_S = [[0.0, 0.0], [0.25, 0.18], [0.75, 0.83], [1.0, 1.0]]


@dataclass(frozen=True)
class Curves:
    all: Curve = param(Curve(((0.0, 0.0), (0.25, 0.18), (0.75, 0.83), (1.0, 1.0))), "All channels")
    red: Curve = param(Curve(), "Red", advanced=True)
    green: Curve = param(Curve(), "Green", advanced=True)
    blue: Curve = param(Curve(), "Blue", advanced=True)


@operation(
    "curves",
    "Curves",
    "color",
    Curves,
    presets={
        "Straight": {"all": [[0.0, 0.0], [1.0, 1.0]]},
        "More contrast": {"all": _S},
        "Less contrast": {"all": [[0.0, 0.0], [0.25, 0.31], [0.75, 0.69], [1.0, 1.0]]},
        "Faded film": {"all": [[0.0, 0.12], [0.3, 0.3], [0.75, 0.78], [1.0, 0.94]]},
        "Lift shadows": {"all": [[0.0, 0.0], [0.2, 0.32], [0.6, 0.66], [1.0, 1.0]]},
        "Cross process": {
            "all": _S,
            "red": [[0.0, 0.0], [0.3, 0.22], [0.7, 0.8], [1.0, 1.0]],
            "blue": [[0.0, 0.12], [1.0, 0.86]],
        },
        "Negative": {"all": [[0.0, 1.0], [1.0, 0.0]]},
    },
    words="tone curve contrast s-curve gradation",
)
def curves(image: Image, params: Curves, context: EditContext) -> Image:
    """Bend the tones along curves: for all channels together, and for each one."""
    channels = [params.red, params.green, params.blue][: min(image.shape[2], 3)]
    if image.shape[2] == 1:
        channels = [Curve()]
    tables = [clipped(params.all(curve(tones()))) for curve in channels]

    def bent(color: Image) -> Raw:
        index = tone_index(color)
        return np.stack([t[index[..., channel]] for channel, t in enumerate(tables)], axis=2)

    return map_pixels(image, bent)
