from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.core.seams import beyond_cut
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_premultiplied

_LEAST_SIDE = 8  # px: below it there is nothing to cut


@dataclass(frozen=True)
class Seamless:
    band: float = param(25.0, "Width", 5.0, 45.0, 1.0, "%", help="How far inside cuts may run.")
    softness: float = param(2.0, "Softness", 0.0, 64.0, 0.5, "px", help="Of the cuts.")
    light: float = param(
        0.0, "Even light", 0.0, 1.0, 0.05, help="Takes out slow changes that show when repeated."
    )


@operation(
    "seamless",
    "Make seamless",
    "art",
    Seamless,
    icon="grid",
    presets={"Photographed ground": {"light": 0.8, "softness": 4.0}},
    fine=True,
    words="tile texture pattern offset seam",
)
def seamless(image: Image, params: Seamless, context: EditContext) -> Image:
    """Let the picture continue over its own edges, sewn where that shows least."""

    def sewn(pixels: Image) -> Image:
        even = _evenly_lit(pixels, params.light)
        for axis in (1, 0):
            context.control.check()
            turned = np.ascontiguousarray(even.swapaxes(0, 1)) if axis == 0 else even
            turned = _joined(turned, params.band / 100.0, params.softness)
            even = turned.swapaxes(0, 1) if axis == 0 else turned
        return even

    return map_premultiplied(image, sewn)


def _joined(image: Image, share: float, softness: float) -> Image:
    """Left and right edge show what meets in the middle, up to a cut on either side."""
    width = image.shape[1]
    if width < _LEAST_SIDE:
        return image
    other = np.roll(image, width // 2, axis=1)
    band = max(2, round(width * share))
    costs = ((image - other) ** 2).sum(axis=2)
    own = np.ones((*costs.shape, 1), np.float32)
    own[:, :band, 0] = beyond_cut(costs[:, :band])
    own[:, -band:, 0] = beyond_cut(costs[:, : -band - 1 : -1])[:, ::-1]
    # At the edge itself nothing of the old picture may be left, or there would be a seam.
    fade = np.minimum(1.0, np.arange(width) / max(softness, 1.0)).astype(np.float32)
    own = blur(own, softness) * np.minimum(fade, fade[::-1])[:, None]
    return other + (image - other) * own


def _evenly_lit(image: Image, amount: float) -> Image:
    """Color without what changes over more than a quarter of the picture."""
    if amount == 0.0:
        return image
    slow = blur(image[..., :3], max(image.shape[:2]) / 8.0)
    color = np.clip(image[..., :3] + (slow.mean(axis=(0, 1)) - slow) * amount, 0.0, 1.0)
    return np.concatenate([color, image[..., 3:]], axis=2)
