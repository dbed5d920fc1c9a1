from __future__ import annotations

from dataclasses import dataclass

import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_tones


@dataclass(frozen=True)
class Gamma:
    gamma: float = param(
        1.3, "Gamma", 0.1, 10.0, 0.01, soft_high=3.0, help="Above 1 brightens, below 1 darkens."
    )


@operation(
    "gamma",
    "Gamma",
    "color",
    Gamma,
    presets={"Brighter": {"gamma": 1.6}, "Darker": {"gamma": 0.65}},
    words="midtones brighten darken",
)
def gamma(image: Image, params: Gamma, context: EditContext) -> Image:
    """Brighten or darken the middle tones; black and white stay."""
    return map_tones(image, lambda tones: ski.exposure.adjust_gamma(tones, 1.0 / params.gamma))
