from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, join_alpha, split_alpha, to_rgba
from studio.core.params import param
from studio.edits.matting import Mask, Plane, object_colors, object_likelihood, refined
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import resized

_SIDE = 160  # px of the longest side at which the object is looked for
_SMALLEST = 8  # px of a side: below it there is nothing to tell apart


@dataclass(frozen=True)
class RemoveBackground:
    tolerance: float = param(
        0.5, "Tolerance", 0.1, 0.9, 0.05, help="More takes more away, less keeps more."
    )
    softness: float = param(2.0, "Edge", 0.0, 20.0, 0.5, "px", help="Width of the soft edge.")
    clean: bool = param(True, "Clean edge colors", help="Takes the background out of soft edges.")


@operation(
    "remove_background",
    "Remove background",
    "restore",
    RemoveBackground,
    icon="lasso",
    fills_mask=True,
    presets={"Hair and fur": {"softness": 6.0}},
    fine=True,
    words="cut out matting alpha transparent isolate object",
)
def remove_background(image: Image, params: RemoveBackground, context: EditContext) -> Image:
    """Keep what stands before the background; a selection tells roughly where that is."""
    height, width, _ = image.shape
    if min(height, width) < _SMALLEST:
        return image
    color, own_alpha = split_alpha(to_rgba(image))
    assert own_alpha is not None
    seen = color * own_alpha + 0.5 * (1.0 - own_alpha)
    share = min(1.0, _SIDE / max(height, width))
    size = max(_SMALLEST, round(height * share)), max(_SMALLEST, round(width * share))
    maybe = _maybe(context.mask, own_alpha, size)
    if not maybe.any():
        return image
    likely = object_likelihood(resized(seen, *size), maybe, context.control)
    alpha = _sharpened(likely, params.tolerance, size, seen, params.softness)
    if params.clean:
        color = object_colors(seen, alpha, max(params.softness, 1.0) * 2.0)
    return join_alpha(color, alpha[..., None] * own_alpha)


def _maybe(mask: Image | None, alpha: Image, size: tuple[int, int]) -> Mask:
    """Where the object may be: in the selection, not transparent."""
    area = alpha if mask is None or not mask.any() else alpha * mask
    maybe: Mask = resized(area, *size)[..., 0] > 0.5
    return maybe


def _sharpened(
    likely: Plane, tolerance: float, size: tuple[int, int], image: Image, softness: float
) -> Plane:
    """The likelihood at full size as alpha, its edges at those of the picture."""
    height, width, _ = image.shape
    large = resized(likely[..., None], height, width)[..., 0]
    radius = max(1, round(2.0 * max(height / size[0], 1.0)))
    near = refined(np.clip((large - tolerance) * 4.0 + 0.5, 0.0, 1.0), image, radius)
    contrast = max(1.0, 2.0 * radius / max(softness, 0.5))
    alpha: Plane = np.clip((near - 0.5) * contrast + 0.5, 0.0, 1.0)
    return alpha
