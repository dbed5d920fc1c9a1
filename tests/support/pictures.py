"""Pictures made in code, so that no test depends on files that may be missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from studio.core.image import Image, to_pixels8


def gradient(seed: int, size: int = 64) -> Image:
    """``float32 [size, size, 3]``: a soft two-color slope with a disc, different for each seed."""
    rng = np.random.default_rng(seed)
    first, second, third = rng.random((3, 3))
    y, x = np.mgrid[0:size, 0:size] / max(1, size - 1)
    angle = rng.random() * 2 * np.pi
    slope = np.clip(0.5 + (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle), 0, 1)
    image = first + slope[..., None] * (second - first)
    center = 0.3 + 0.4 * rng.random(2)
    disc = (x - center[0]) ** 2 + (y - center[1]) ** 2 < 0.05
    image[disc] = third
    return image.astype(np.float32)


def make_pictures(folder: Path, count: int = 12, size: int = 64) -> Path:
    """Write `count` PNG files into `folder` (made if missing) and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(count):
        picture = PillowImage.fromarray(to_pixels8(gradient(seed, size)))
        picture.save(folder / f"picture_{seed:03}.png")
    return folder
