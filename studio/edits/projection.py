"""Pictures seen through a projective map: scaled, turned, skewed and in perspective at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.image import Image
from studio.edits.resampling import Plane, sampled

Matrix: TypeAlias = NDArray[np.float64]  # [3, 3]


def projected(
    planes: Sequence[Plane],
    back: Matrix,
    size: tuple[int, int],
    coverage: Callable[[slice], Image],
    *,
    smooth: bool,
) -> Image:
    """RGBA ``[h, w, 4]`` of `size`: a picture as far as `coverage` of rows ``[n, w]`` says.

    `planes` are those of `premultiplied_planes`. `back` takes px of the result to px of the
    picture, both counted from their middles; the picture's edge is continued. Smooth is bicubic,
    else the nearest px is taken: `skimage.transform.warp` of order 3 or 0.
    """
    order = 3 if smooth else 0
    has_horizon = bool(back[2, :2].any())

    def sample(rows: slice, columns: slice) -> Sequence[Plane]:
        corner = np.array([[1.0, 0.0, columns.start], [0.0, 1.0, rows.start], [0.0, 0.0, 1.0]])
        shape = rows.stop - rows.start, columns.stop - columns.start
        looks = {"output_shape": shape, "order": order, "mode": "edge", "clip": False}
        seen = [ski.transform.warp(plane, back @ corner, **looks) for plane in planes]
        return [np.nan_to_num(it, copy=False, nan=0.0) for it in seen] if has_horizon else seen

    return sampled(size, coverage, sample)
