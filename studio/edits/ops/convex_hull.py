from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import skimage as ski

from studio.core.image import Image
from studio.core.param_values import Color
from studio.core.params import param
from studio.edits.drawing import painted, thick_lines
from studio.edits.operation import EditContext, operation
from studio.edits.regions import borders
from studio.edits.shapes import KINDS, Mask, shape_mask


@dataclass(frozen=True)
class ConvexHull:
    shapes: str = param("dark parts", "Shapes are", choices=KINDS)
    level: float = param(0.35, "Level", 0.0, 1.0, 0.01, help="Where dark and bright part.")
    hull: str = param("each shape", "Around", choices=("each shape", "all together"))
    smallest: float = param(
        24.0, "Smallest", 1.0, 1000.0, 1.0, "px", soft_high=100.0, help="Smaller ones are left out."
    )
    line: float = param(3.0, "Line", 0.0, 50.0, 0.5, "px", soft_high=12.0)
    color: Color = param((0.95, 0.3, 0.25), "Color")
    fill: float = param(0.25, "Fill", 0.0, 1.0, 0.01)


@operation(
    "convex_hull",
    "Convex hull",
    "segment",
    ConvexHull,
    presets={
        "Sticker": {"shapes": "opaque parts", "hull": "all together", "fill": 0.0, "line": 6.0},
        "Paper shapes": {"fill": 1.0, "line": 0.0},
    },
    fine=True,
    words="outline polygon rubber band bounding shape",
)
def convex_hull(image: Image, params: ConvexHull, context: EditContext) -> Image:
    """Stretch a rubber band around shapes, drawn and filled in a color."""
    shapes = shape_mask(image, params.shapes, params.level)
    hulls = _hulls(shapes, params)
    if not hulls.any():
        return image
    ink = np.maximum(hulls * np.float32(params.fill), thick_lines(borders(hulls * 1), params.line))
    return painted(image, ink[..., None], params.color)


def _hulls(shapes: Mask, params: ConvexHull) -> Mask:
    import scipy.ndimage as ndi

    labels = ski.measure.label(shapes, connectivity=2)
    kept = np.bincount(labels.ravel()) >= params.smallest**2
    kept[0] = False
    if params.hull == "all together":
        labels, kept = kept[labels].astype(np.uint8), np.array([False, True])
    hulls = np.zeros(shapes.shape, np.bool_)
    for label, place in enumerate(ndi.find_objects(labels), 1):
        if place is not None and kept[label]:
            hulls[place] |= _hull(labels[place] == label)
    return hulls


def _hull(shape: Mask) -> Mask:
    """Of a shape that reaches all four sides. What fills them is its own hull; Qhull wants more."""
    if shape.all() or min(shape.shape) == 1:
        return shape
    hull: Mask = ski.morphology.convex_hull_image(shape)
    return hull
