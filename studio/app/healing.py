"""Healing: what a stroke covered is made anew from its surroundings. Pure: callable from a lane."""

from __future__ import annotations

import numpy as np

from studio.core.control import RunControl
from studio.core.image import Rect, to_pixels8
from studio.core.painting.dabs import Coverage
from studio.core.raster import Raster
from studio.edits.operation import OPERATIONS, EditContext

_MARGIN = 32  # px around the stroke that are looked at, at the least


def healed(raster: Raster, rect: Rect, coverage: Coverage, control: RunControl) -> Raster:
    """`raster` with `rect` filled as far as `coverage` says, by the operation *Inpaint*.

    Raises:
        Cancelled: `control` asked for it.
    """
    margin = max(_MARGIN, rect.width, rect.height)
    area = rect.outset(margin).intersect(raster.rect)
    mask = np.zeros((area.height, area.width, 1), np.float32)
    inside = rect.translated(-area.x, -area.y)
    mask[inside.slices] = coverage[..., None]
    inpaint = OPERATIONS["inpaint"]
    context = EditContext(mask=mask, control=control)
    filled = inpaint(raster.read(area), {"fill": "texture"}, context).image[inside.slices]
    return raster.with_patch(rect.x, rect.y, to_pixels8(filled) if raster.is_8bit else filled)
