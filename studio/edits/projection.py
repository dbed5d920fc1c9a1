"""Pictures seen through a projective map: scaled, turned, skewed and in perspective at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.image import Image, split_alpha
from studio.edits.parallel import ROWS, each_band
from studio.edits.pixels import straight

Matrix: TypeAlias = NDArray[np.float64]  # [3, 3]


def projected(
    image: Image,
    back: Matrix,
    size: tuple[int, int],
    coverage: Callable[[slice], Image],
    *,
    smooth: bool,
) -> Image:
    """RGBA ``[h, w, 4]`` of `size`: `image` as far as `coverage` of rows ``[n, w]`` says.

    `back` takes px of the result to px of the image, both counted from their middles; the image's
    edge is continued. Smooth is bicubic over premultiplied color, else the nearest px is taken:
    `skimage.transform.warp` of order 3 or 0, in bands, several at once, where there is anything.
    """
    planes, opaque = _premultiplied_planes(image)
    order = 3 if smooth else 0
    out = np.zeros((*size, 4), np.float32)

    def work(rows: slice) -> None:
        covered = coverage(rows)
        shown = np.flatnonzero(covered.any(axis=0))
        if not shown.size:
            return
        columns = slice(int(shown[0]), int(shown[-1]) + 1)
        part = out[rows, columns]
        here = back @ np.array([[1.0, 0.0, shown[0]], [0.0, 1.0, rows.start], [0.0, 0.0, 1.0]])
        looks = {"output_shape": part.shape[:2], "order": order, "mode": "edge", "clip": False}
        seen = [ski.transform.warp(plane, here, **looks) for plane in planes]
        found = np.nan_to_num(np.stack(seen, axis=-1), nan=0.0)  # on the horizon
        if opaque:
            part[..., :3], part[..., 3] = np.clip(found, 0.0, 1.0), 1.0
        else:
            part[...] = straight(found)
        part[..., 3] *= covered[:, columns]

    each_band(size[0], work, ROWS // 2)
    return out


def _premultiplied_planes(image: Image) -> tuple[list[Image], bool]:
    """Color times alpha, and alpha; of an opaque picture the color alone, three channels."""
    color, alpha = split_alpha(image)
    channels = [np.ascontiguousarray(plane) for plane in np.moveaxis(color, 2, 0)]
    channels = channels * 3 if len(channels) == 1 else channels
    if alpha is None or alpha.min(initial=1.0) == 1.0:
        return channels, True
    weight = np.ascontiguousarray(alpha[..., 0])
    return [*(plane * weight for plane in channels), weight], False
