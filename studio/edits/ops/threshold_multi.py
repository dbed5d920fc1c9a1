from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image, join_alpha, luma, split_alpha
from studio.core.param_values import Gradient
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.parallel import each_band
from studio.edits.pixels import blur, opaque_luma, tone_index, tones

_BINS = 128
_SIDE = 512  # px: levels are found on no more
_INKS = Gradient(((0.0, (0.09, 0.1, 0.2)), (0.5, (0.85, 0.35, 0.3)), (1.0, (0.98, 0.93, 0.82))))


@dataclass(frozen=True)
class ThresholdMulti:
    classes: int = param(3, "Tones", 2, 5)
    smoothing: float = param(2.0, "Smoothing", 0.0, 50.0, 0.1, "px", soft_high=15.0)
    colors: Gradient = param(_INKS, "Colors")


@operation(
    "threshold_multi",
    "Threshold (several tones)",
    "segment",
    ThresholdMulti,
    presets={
        "Stencil": {"classes": 2, "smoothing": 4.0},
        "Grays": {"classes": 4, "colors": [[0.0, "#000000"], [1.0, "#ffffff"]]},
        "Campaign poster": {
            "classes": 4,
            "smoothing": 4.0,
            "colors": [[0.0, "#00304a"], [0.34, "#d81e26"], [0.67, "#6f9fa8"], [1.0, "#fce4a8"]],
        },
    },
    words="multi otsu stencil poster screen print levels",
    fine=True,
)
def threshold_multi(image: Image, params: ThresholdMulti, context: EditContext) -> Image:
    """Split the picture where its tones part by themselves, one color for each part.

    Liao, Chen, Chung, "A Fast Algorithm for Multilevel Thresholding" (2001).
    """
    brightness = blur(opaque_luma(image)[..., None], params.smoothing)
    levels = _levels(brightness[..., 0], params.classes)
    place = np.digitize(tones(), levels) / max(len(levels), 1)
    color, alpha = split_alpha(image)
    table = params.colors(place).astype(np.float32)[None]
    table = luma(table)[0] if color.shape[2] == 1 else table[0]
    out = np.empty((*image.shape[:2], table.shape[1]), np.float32)

    def work(rows: slice) -> None:
        out[rows] = table[tone_index(np.clip(brightness[rows, :, 0], 0.0, 1.0))]

    each_band(len(out), work)
    return join_alpha(out, alpha)


def _levels(brightness: Image, classes: int) -> Image:
    """The tones at which classes part; none where there are fewer tones than classes."""
    step = max(1, max(brightness.shape) // _SIDE)
    sample = brightness[step // 2 :: step, step // 2 :: step]
    try:
        levels: Image = ski.filters.threshold_multiotsu(sample, classes, _BINS)
    except ValueError:
        return np.zeros(0, np.float32)
    return levels
