from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image, luma, to_rgba
from studio.core.param_values import LayerRef, Palette
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Raw, map_rgb
from studio.edits.swatches import lab_of, main_colors, nearest_of, rgb_of

_POSTER = Palette(((0.1, 0.14, 0.22), (0.13, 0.42, 0.45), (0.93, 0.55, 0.23), (0.97, 0.91, 0.79)))


def _swatches(*colors: str) -> dict[str, list[str]]:
    return {"swatches": list(colors)}


@dataclass(frozen=True)
class Recolor:
    swatches: Palette = param(_POSTER, "Swatches", help="From dark to bright works best.")
    take: str = param(
        "swatches", "Colors from", choices=("swatches", "a layer"), help="Whose colors to use."
    )
    source: LayerRef = param(LayerRef(), "Layer", help="Its main colors, where they are wanted.")
    shading: float = param(
        0.6, "Keep shading", 0.0, 1.0, 0.01, help="0 gives flat areas of the swatches."
    )


@operation(
    "recolor",
    "Recolor to swatches",
    "color",
    Recolor,
    presets={
        "Flat poster": {"shading": 0.0},
        "Riso": _swatches("#1d2a5b", "#f05a7e", "#ffd166", "#fff8ec"),
        "Forest": _swatches("#10201b", "#2d5c45", "#9cb380", "#f1ecd9"),
        "Neon": _swatches("#0d0221", "#541388", "#f72585", "#4cc9f0"),
        "Clay": _swatches("#2b1d1a", "#8c4a35", "#d49a77", "#f3e3d3"),
    },
    words="palette swatches color scheme brand",
    fine=True,
)
def recolor(image: Image, params: Recolor, context: EditContext) -> Image:
    """Exchange the picture's main colors for others: dark for dark, bright for bright."""
    if params.take == "a layer":
        wanted = main_colors(context.picture(params.source), len(params.swatches.colors))
    else:
        wanted = np.array(params.swatches.colors, np.float32)
    wanted = wanted[np.argsort(luma(wanted[None])[0, :, 0], kind="stable")]
    own = main_colors(to_rgba(image), max(2, len(wanted)))
    partner = np.rint(np.linspace(0, len(wanted) - 1, len(own))).astype(np.intp)
    lab, own_lab = lab_of(wanted)[partner], lab_of(own)
    nearest, shading = nearest_of(own), np.float32(params.shading)

    def exchanged(rgb: Image) -> Raw:
        index = nearest(rgb)
        target = lab[index]
        if params.shading == 0.0:
            return wanted[partner][index]
        target[..., 0] += (lab_of(rgb)[..., 0] - own_lab[index][..., 0]) * shading
        return rgb_of(target)

    return map_rgb(image, exchanged)
