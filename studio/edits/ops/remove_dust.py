from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image, luma
from studio.core.params import param
from studio.edits.extremes import closed, in_square, opened
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_premultiplied, map_tiles


@dataclass(frozen=True)
class RemoveDust:
    size: float = param(4.0, "Largest speck", 1.0, 60.0, 0.5, "px", soft_high=20.0)
    threshold: float = param(
        0.12, "Contrast", 0.0, 1.0, 0.01, help="Specks that stand out less are left alone."
    )
    specks: str = param("bright and dark", "Specks", choices=("bright and dark", "bright", "dark"))


@operation(
    "remove_dust",
    "Remove dust",
    "restore",
    RemoveDust,
    presets={
        "Scanned negative": {"specks": "bright", "size": 5.0},
        "Dirty glass": {"specks": "dark", "size": 12.0, "threshold": 0.08},
    },
    words="scratches specks spots scan despeckle clean",
    fine=True,
)
def remove_dust(image: Image, params: RemoveDust, context: EditContext) -> Image:
    """Fill small specks from around them, and leave everything larger as it is."""
    side = max(1, round(params.size)) + 1
    threshold = params.threshold * math.sqrt(context.scale)

    def clean(pixels: Image) -> Image:
        return map_tiles(
            pixels,
            lambda tile: _dusted(pixels[tile], side, threshold, params.specks),
            margin=4 * side + 4,
        )

    return map_premultiplied(image, clean)


def _dusted(pixels: Image, side: int, threshold: float, specks: str) -> Image:
    """Opening takes bright specks away and closing dark ones: where that changes much, it holds."""
    brightness = luma(pixels)
    filled = pixels
    for kind, remove in (("bright", opened), ("dark", closed)):
        if kind in specks:
            change = np.abs(remove(brightness, side) - brightness)
            speck = _compact(change[..., 0] > threshold, 1.5 * side)[..., None]
            if speck.any():
                soft = np.clip(blur(in_square(speck, 3, np.maximum), 0.7), 0.0, 1.0)
                filled = filled + (remove(pixels, side) - filled) * soft
    return filled


def _compact(mask: NDArray[np.bool_], longest: float) -> Image:
    """1 in the parts of a mask ``[H, W]`` that are no longer than so many px: no hairs or wires."""
    import scipy.ndimage as ndi

    labels, _ = ndi.label(mask, np.ones((3, 3)))
    short = [
        all(part.stop - part.start <= longest for part in place)
        for place in ndi.find_objects(labels)
    ]
    compact: Image = np.array([False, *short], np.float32)[labels]
    return compact
