"""Healing a raster where a stroke went. Pure: callable from a lane."""

from __future__ import annotations

import numpy as np

from studio.core.control import RunControl
from studio.core.image import Rect, to_pixels8
from studio.core.painting.dabs import Coverage
from studio.core.raster import Raster
from studio.edits.healing import heal

_MARGIN = 160  # px around the stroke that are looked at, at the most


def healed(raster: Raster, rect: Rect, coverage: Coverage, control: RunControl) -> Raster:
    """`raster` with `rect` healed as far as `coverage` says.

    Raises:
        Cancelled: `control` asked for it.
    """
    area = rect.outset(_MARGIN).intersect(raster.rect)
    inside = rect.translated(-area.x, -area.y)
    covered = np.zeros((area.height, area.width), np.float32)
    covered[inside.slices] = coverage
    filled = heal(raster.read(area), covered, control)[inside.slices]
    return raster.with_patch(rect.x, rect.y, to_pixels8(filled) if raster.is_8bit else filled)
