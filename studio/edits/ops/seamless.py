from __future__ import annotations

import math
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
            turned = even.swapaxes(0, 1) if axis == 0 else even
            if turned.shape[1] >= _LEAST_SIDE:
                joined = turned.copy("K")
                width, half = turned.shape[1], turned.shape[1] // 2
                context.control.check()
                _join(joined, turned, turned[:, -half:], params)
                context.control.check()
                _join(joined[:, ::-1], turned[:, ::-1], turned[:, width - half - 1 :: -1], params)
                even = joined.swapaxes(0, 1) if axis == 0 else joined
        return even

    return map_premultiplied(image, sewn)


def _join(joined: Image, image: Image, beyond: Image, params: Seamless) -> None:
    """The left edge of `joined`, a copy of `image`, shows `beyond` instead, up to a cut.

    `beyond` is what lies from the middle on, where both halves of the picture meet.
    """
    width = image.shape[1]
    band = max(2, round(width * params.band / 100.0))
    softness = min(params.softness, (width // 2 - band) / 4.0)  # at the middle nothing has changed
    reach = min(width // 2, band + math.ceil(4.0 * softness) + 1)
    here, other = image[:, :reach], beyond[:, :reach]
    own = np.ones((*here.shape[:2], 1), np.float32)
    own[:, :band, 0] = beyond_cut(((here[:, :band] - other[:, :band]) ** 2).sum(axis=2))
    # At the edge itself nothing of the old picture may be left, or there would be a seam.
    fade = np.minimum(1.0, np.arange(reach) / max(softness, 1.0)).astype(np.float32)
    own = blur(own, softness) * fade[:, None]
    joined[:, :reach] = other + (here - other) * own


def _evenly_lit(image: Image, amount: float) -> Image:
    """Color without what changes over more than a quarter of the picture."""
    if amount == 0.0:
        return image
    slow = blur(image[..., :3], max(image.shape[:2]) / 8.0)
    color = np.clip(image[..., :3] + (slow.mean(axis=(0, 1)) - slow) * amount, 0.0, 1.0)
    return np.concatenate([color, image[..., 3:]], axis=2)
