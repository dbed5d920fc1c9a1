"""What counts as a shape in a picture: its opaque part, or what is darker or brighter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.image import Image, luma, split_alpha

Mask = NDArray[np.bool_]

KINDS = ("opaque parts", "dark parts", "bright parts")


def shape_mask(image: Image, kind: str, level: float) -> Mask:
    """``[H, W]``: where the picture has a shape of one of `KINDS`; transparent px have none.

    A picture without transparency is opaque everywhere.
    """
    _, alpha = split_alpha(image)
    seen = np.ones(image.shape[:2], np.bool_) if alpha is None else alpha[..., 0] >= 0.5
    if kind == "opaque parts":
        return seen
    brightness = luma(image)[..., 0]
    return seen & (brightness < level if kind == "dark parts" else brightness >= level)
