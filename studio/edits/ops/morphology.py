from __future__ import annotations

from dataclasses import dataclass

import skimage as ski

from studio.core.image import Image, join_alpha, split_alpha
from studio.core.params import param
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
    if params.what in ("grow bright", "outline"):  # dilation, and what it has over erosion
        high = _highest(plane, params)
        return high if params.what == "grow bright" else high - _lowest(plane, params)
    if params.what == "grow dark":  # erosion
        return _lowest(plane, params)
    if params.what.endswith("bright specks"):  # opening and top-hat
        opened = _highest(_lowest(plane, params), params)
        return opened if params.what.startswith("remove") else plane - opened
    closed = _lowest(_highest(plane, params), params)  # closing and black top-hat
    return closed if params.what.startswith("remove") else closed - plane


def _highest(plane: Image, params: Morphology) -> Image:
    """The brightest px of the shape around each one."""
    return -_lowest(-plane, params)


def _lowest(plane: Image, params: Morphology) -> Image:
    """The darkest px of the shape around each one; a disk is taken as a sequence of small ones."""
    import scipy.ndimage as ndi

    if params.shape == "square":
        lowest: Image = ndi.minimum_filter(plane, 2 * params.radius + 1, mode="nearest")
        return lowest
    name = "disk" if params.shape == "round" else "diamond"
    sequence = getattr(ski.morphology, name)(params.radius, decomposition="sequence")
    for footprint, times in sequence:
        for _ in range(times):
            plane = ndi.minimum_filter(plane, footprint=footprint, mode="nearest")
    return plane
