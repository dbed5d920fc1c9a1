from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_premultiplied, premultiplied
from studio.edits.regions import at_full_size, bordered, mean_colors, shrunk

_PIXELS = 400_000  # regions are found on no more


@dataclass(frozen=True)
class Superpixels:
    size: float = param(24.0, "Size", 4.0, 1000.0, 1.0, "px", soft_high=150.0)
    evenness: float = param(
        10.0, "Evenness", 0.1, 100.0, 0.1, soft_high=50.0, help="Low follows edges, high is a grid."
    )
    line: float = param(0.0, "Line between", 0.0, 20.0, 0.5, "px", soft_high=6.0)


@operation(
    "superpixels",
    "Superpixel mosaic",
    "segment",
    Superpixels,
    presets={
        "Stained glass": {"size": 40.0, "line": 3.0},
        "Paper cut": {"size": 60.0, "evenness": 3.0},
        "Tiles": {"size": 20.0, "evenness": 60.0, "line": 1.0},
    },
    fine=True,
    words="slic mosaic stained glass low poly cells",
)
def superpixels(image: Image, params: Superpixels, context: EditContext) -> Image:
    """Turn the picture into a mosaic whose pieces follow the edges.

    SLIC: Achanta et al. 2012.
    """
    small = shrunk(premultiplied(image), _PIXELS)
    factor = image.shape[0] / small.shape[0]
    size = max(params.size / factor, 2.0)
    count = max(1, round(small.shape[0] * small.shape[1] / size**2))
    context.control.check()
    labels = ski.segmentation.slic(
        small[..., :3] if small.shape[2] > 1 else np.repeat(small, 3, axis=2),
        count,
        params.evenness,
        max_num_iter=6,
        start_label=0,
        channel_axis=2,
    )
    labels = at_full_size(labels, image)
    context.control.check()

    def mosaic(pixels: Image) -> Image:
        return bordered(mean_colors(pixels, labels), labels, params.line)

    return map_premultiplied(image, mosaic)
