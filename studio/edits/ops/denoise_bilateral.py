from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, luma, split_alpha
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Tile, map_color, map_premultiplied, map_tiles, premultiplied

_REACH = 4  # cells from which a pixel takes anything


@dataclass(frozen=True)
class DenoiseBilateral:
    radius: float = param(6.0, "Radius", 1.0, 100.0, 0.1, "px", soft_high=30.0)
    tolerance: float = param(
        0.12, "Tolerance", 0.04, 1.0, 0.01, help="Edges with more contrast than this stay sharp."
    )


@operation(
    "denoise_bilateral",
    "Denoise (bilateral)",
    "restore",
    DenoiseBilateral,
    presets={
        "Smooth skin": {"radius": 10.0, "tolerance": 0.08},
        "Watercolor": {"radius": 16.0, "tolerance": 0.3},
    },
    words="bilateral surface blur skin smooth",
)
def denoise_bilateral(image: Image, params: DenoiseBilateral, context: EditContext) -> Image:
    """Smooth skin, sky and noise but not across edges of brightness."""
    size = max(params.radius, 1.0)
    depths = luma(premultiplied(image))[..., 0] / np.float32(params.tolerance)

    def filtered(pixels: Image) -> Image:
        return map_tiles(
            pixels,
            lambda tile: _smoothed(pixels[tile], depths[tile], size, tile),
            margin=math.ceil(_REACH * size),
        )

    soft, _ = split_alpha(map_premultiplied(image, filtered))
    return map_color(image, lambda _: soft)


def _smoothed(pixels: Image, depths: Image, size: float, tile: Tile) -> Image:
    """Weighted means ``[H, W, C]`` with a bilateral grid (Chen, Paris, Durand 2007).

    Pixels are summed into coarse cells of place and brightness; these are blurred and read back,
    so that the time does not depend on `size`, the side of a cell in px. `tile` is where the pixels
    lie: cells lie at the same place in each one.
    """
    import scipy.ndimage as ndi

    rows, columns = (
        (np.arange(length, dtype=np.float32) + part.start % size) / np.float32(size)
        for length, part in zip(depths.shape, tile, strict=True)
    )
    places = np.stack(np.broadcast_arrays(rows[:, None], columns[None, :], depths))
    shape = tuple(int(axis.max()) + 2 for axis in places)
    cells = np.ravel_multi_index(tuple(np.rint(places).astype(np.intp)), shape).ravel()

    def blurred(weights: Image | None) -> Image:
        flat = None if weights is None else weights.ravel()
        sums = np.bincount(cells, flat, math.prod(shape)).reshape(shape).astype(np.float32)
        smooth = ndi.gaussian_filter(sums, 1.0, mode="constant", truncate=2.0)
        read: Image = ndi.map_coordinates(smooth, places, order=1)
        return read

    counts = np.maximum(blurred(None), 1e-6)
    return np.stack([blurred(plane) / counts for plane in np.moveaxis(pixels, 2, 0)], axis=2)
