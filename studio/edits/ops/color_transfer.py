from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.color_transport import ColorMap, Colors, matched_moments, transport
from studio.core.image import Image, split_alpha, to_rgba
from studio.core.oklab import from_oklab, to_oklab
from studio.core.param_values import LayerRef
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_rgb

_STEPS = 33  # of each channel in the table of colors
_MOST = 100_000  # pixels looked at


@dataclass(frozen=True)
class ColorTransfer:
    source: LayerRef = param(LayerRef(), "Colors of", help="The layer whose palette is taken.")
    method: str = param(
        "palette",
        "Take",
        choices=("palette", "mood"),
        help="The palette replaces every color; the mood only shifts and stretches them.",
    )
    lightness: bool = param(True, "Lightness too")
    amount: float = param(1.0, "Amount", 0.0, 1.0, 0.01)


@operation(
    "color_transfer",
    "Colors of a layer",
    "color",
    ColorTransfer,
    icon="palette",
    presets={"Mood": {"method": "mood"}, "Hue only": {"lightness": False}},
    words="color transfer reinhard optimal transport palette grade",
)
def color_transfer(image: Image, params: ColorTransfer, context: EditContext) -> Image:
    """Give the picture the colors of another layer."""
    own, others = _colors(image), _colors(context.picture(params.source))
    if not len(own) or not len(others):
        return image
    learn = transport if params.method == "palette" else matched_moments
    table = _table(learn(own, others), params)

    def recolored(color: Image) -> Raw:
        return _looked_up(table, color)

    return map_rgb(image, recolored)


def _colors(image: Image) -> Colors:
    """Those of opaque pixels, in Oklab ``[N, 3]``; of a large picture, of every so many."""
    step = max(1, math.isqrt(image.shape[0] * image.shape[1] // _MOST))
    color, alpha = split_alpha(to_rgba(image[step // 2 :: step, step // 2 :: step]))
    assert alpha is not None
    return to_oklab(color[alpha[..., 0] > 0.5])


def _table(moved: ColorMap, params: ColorTransfer) -> Image:
    """What every color becomes: ``[33, 33, 33, 3]`` by red, green and blue."""
    steps = np.linspace(0.0, 1.0, _STEPS, dtype=np.float32)
    colors = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    lab = to_oklab(colors)
    new = moved(lab)
    if not params.lightness:
        new[:, 0] = lab[:, 0]
    table: Image = colors + (from_oklab(new) - colors) * np.float32(params.amount)
    return table.reshape(_STEPS, _STEPS, _STEPS, 3)


def _looked_up(table: Image, color: Image) -> Image:
    """Between the entries of the table, along straight lines."""
    import scipy.ndimage as ndi

    places = np.moveaxis(color, 2, 0) * np.float32(_STEPS - 1)
    planes = [
        ndi.map_coordinates(table[..., channel], places, order=1, mode="nearest", prefilter=False)
        for channel in range(3)
    ]
    return np.stack(planes, axis=2)
