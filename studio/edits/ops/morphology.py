from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image, join_alpha, split_alpha
from studio.core.params import param
from studio.edits.extremes import Choose, in_shape, in_square
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import clipped, map_planes, map_premultiplied, map_tiles

# What leaves a picture of the same kind, so that transparency grows and shrinks as well.
_KEEPS_SHAPE = ("grow bright", "grow dark", "remove bright specks", "remove dark specks")


@dataclass(frozen=True)
class Morphology:
    what: str = param(
        "grow bright",
        "What",
        choices=(
            "grow bright",
            "grow dark",
            "remove bright specks",
            "remove dark specks",
            "outline",
            "only bright specks",
            "only dark specks",
        ),
        help="Dilate, erode, open, close, gradient, top-hat and black top-hat.",
    )
    radius: int = param(4, "Radius", 0, 60, 1, "px", soft_high=20)
    shape: str = param("round", "Shape", choices=("round", "square", "diamond"))


@operation(
    "morphology",
    "Morphology",
    "segment",
    Morphology,
    presets={
        "Oil paint": {"what": "remove dark specks", "radius": 5},
        "Thicker lines": {"what": "grow dark", "radius": 2},
        "Crystals": {"what": "grow bright", "radius": 8, "shape": "diamond"},
    },
    words="erode dilate open close top hat gradient erosion dilation minimum maximum spread choke",
    fine=True,
)
def morphology(image: Image, params: Morphology, context: EditContext) -> Image:
    """Grow or shrink what is bright, remove specks, or draw the outlines."""
    if params.radius == 0:
        return image
    color, alpha = split_alpha(image)

    def filtered(pixels: Image) -> Image:
        return map_tiles(
            pixels,
            lambda tile: map_planes(pixels[tile], lambda plane: _worked(plane, params)),
            margin=2 * params.radius,
        )

    if params.what in _KEEPS_SHAPE:
        return map_premultiplied(image, filtered)
    return join_alpha(clipped(filtered(color * alpha if alpha is not None else color)), alpha)


def _worked(plane: Image, params: Morphology) -> Image:
    """One plane ``[H, W]``."""

    def extreme(values: Image, choose: Choose) -> Image:
        return _extreme(values, params, choose)

    if params.what == "outline":
        return extreme(plane, np.maximum) - extreme(plane, np.minimum)
    if params.what.startswith("grow"):  # dilation, erosion
        return extreme(plane, np.maximum if params.what.endswith("bright") else np.minimum)
    bright = params.what.endswith("bright specks")
    first, second = (np.minimum, np.maximum) if bright else (np.maximum, np.minimum)
    rest = extreme(extreme(plane, first), second)  # opening, closing
    if params.what.startswith("remove"):
        return rest
    return plane - rest if bright else rest - plane  # top-hat, black top-hat


def _extreme(plane: Image, params: Morphology, choose: Choose) -> Image:
    """The darkest or brightest of the shape around each px; a disk is a sequence of small ones."""
    if params.shape == "square":
        return in_square(plane, 2 * params.radius + 1, choose)
    name = "disk" if params.shape == "round" else "diamond"
    sequence = getattr(ski.morphology, name)(params.radius, decomposition="sequence")
    for footprint, times in sequence:
        for _ in range(times):
            plane = in_shape(plane, footprint, choose)
    return plane
