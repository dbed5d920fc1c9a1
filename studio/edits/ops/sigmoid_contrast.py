from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_tones


@dataclass(frozen=True)
class SigmoidContrast:
    contrast: float = param(5.0, "Contrast", 0.1, 30.0, 0.1, soft_high=15.0)
    middle: float = param(
        0.5, "Middle", 0.0, 1.0, 0.01, help="Tones below get darker, above brighter."
    )
    inverse: bool = param(default=False, label="Soften instead")


@operation(
    "sigmoid_contrast",
    "Sigmoid contrast",
    "color",
    SigmoidContrast,
    presets={
        "Gentle": {"contrast": 3.0},
        "Strong": {"contrast": 9.0},
        "High key": {"contrast": 6.0, "middle": 0.3},
        "Low key": {"contrast": 6.0, "middle": 0.7},
    },
    words="s-curve contrast",
)
def sigmoid_contrast(image: Image, params: SigmoidContrast, context: EditContext) -> Image:
    """Pull the tones apart without clipping: black and white stay, the middle gets steeper."""

    def steeper(tones: Image) -> Raw:
        ends = np.array([0.0, 1.0], np.float32)
        both = ski.exposure.adjust_sigmoid(
            np.concatenate([tones, ends]), params.middle, params.contrast
        )
        black, white = both[-2:]
        curve: Raw = (both[:-2] - black) / (white - black)
        return np.interp(tones, curve, tones) if params.inverse else curve

    return map_tones(image, steeper)
