"""Putting a part of one picture into another so that no edge shows."""

from __future__ import annotations

import numpy as np

from studio.core.control import RunControl
from studio.core.image import Image
from studio.edits.holes import spread
from studio.edits.texture import Mask

_RING = 2  # px around the part at which the two pictures have to meet


def cloned(source: Image, backdrop: Image, part: Mask, control: RunControl) -> Image:
    """`backdrop` with the gradients of `source` in `part`, all ``[H, W, C]``.

    The difference along the edge is continued smoothly to the inside and added: gradient-domain
    compositing (Pérez, Gangnet, Blake 2003, "Poisson image editing") by interpolation in place of
    a solver, as Farbman et al. 2009, "Coordinates for instant image cloning".

    Raises:
        Cancelled: `control` asked for it.
    """
    import scipy.ndimage as ndi

    ring = ndi.binary_dilation(part, iterations=_RING) & ~part
    if not ring.any():
        return np.where(part[..., None], source, backdrop)
    difference = spread(backdrop - source, ~ring, control)
    return np.where(part[..., None], np.clip(source + difference, 0.0, 1.0), backdrop)
