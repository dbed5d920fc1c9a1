"""Pictures at another size, for files: the sharpest way down and up, or pixel by pixel."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow

from studio.core.image import Image


def resampled(image: Image, width: int, height: int, *, nearest: bool = False) -> Image:
    """`image` at another size: Lanczos without fringes around transparency, or `nearest` pixel."""
    if (height, width) == image.shape[:2]:
        return image
    if nearest:
        rows = (np.arange(height) + 0.5) * image.shape[0] / height
        columns = (np.arange(width) + 0.5) * image.shape[1] / width
        picked: Image = image[rows.astype(np.intp)][:, columns.astype(np.intp)]
        return picked
    if image.shape[2] != 4:
        return np.clip(_lanczos(image, width, height), 0.0, 1.0)
    alpha = image[..., 3:]
    mixed = _lanczos(np.concatenate([image[..., :3] * alpha, alpha], axis=2), width, height)
    seen = np.clip(mixed[..., 3:], 0.0, 1.0)
    color = np.divide(mixed[..., :3], seen, out=np.zeros_like(mixed[..., :3]), where=seen > 1e-4)
    return np.concatenate([np.clip(color, 0.0, 1.0), seen], axis=2)


def _lanczos(planes: Image, width: int, height: int) -> Image:
    size, filter_ = (width, height), Pillow.Resampling.LANCZOS
    done = [
        np.asarray(Pillow.fromarray(np.ascontiguousarray(plane)).resize(size, filter_))
        for plane in np.moveaxis(planes, 2, 0)
    ]
    return np.stack(done, axis=2)
