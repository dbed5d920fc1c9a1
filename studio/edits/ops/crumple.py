from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.warping import warped


@dataclass(frozen=True)
class Crumple:
    cells: int = param(6, "Cells", 1, 64, help="How many there are along the shorter side.")
    strength: float = param(0.5, "Strength", 0.0, 1.0, 0.01)
    edges: str = param(
        "folds", "Between cells", choices=("folds", "smooth"), help="Smooth is like soft rubber."
    )
    pattern: int = param(0, "Pattern", 0, 999, help="Another number makes other folds.")


@operation(
    "crumple",
    "Crumple",
    "geometry",
    Crumple,
    fine=True,
    presets={"Rubber": {"cells": 4, "strength": 0.8, "edges": "smooth"}, "Foil": {"cells": 24}},
    words="piecewise affine warp mesh liquify distort displace turbulence",
)
def crumple(image: Image, params: Crumple, context: EditContext) -> Image:
    """Warp the picture piece by piece, on a net whose knots are shifted at random."""
    import scipy.ndimage as ndi

    height, width, _ = image.shape
    side = max(min(height, width) / params.cells, 2.0)
    knots = (round(height / side) + 1, round(width / side) + 1)
    # A pattern of its own, the same for a preview: the net has as many knots there.
    rng = np.random.default_rng(params.pattern)
    shifts = rng.uniform(-0.5, 0.5, (2, *knots)).astype(np.float32) * (side * params.strength)
    shifts[:, [0, -1], :] = 0.0  # the border stays where it is
    shifts[:, :, [0, -1]] = 0.0
    order = 1 if params.edges == "folds" else 3
    down, across = knots[0] - 1, knots[1] - 1

    def places(y: Image, x: Image) -> tuple[Image, Image]:
        net = np.stack(
            np.broadcast_arrays(y * down / max(height - 1, 1), x * across / max(width - 1, 1))
        )
        dy, dx = (ndi.map_coordinates(shift, net, order=order, mode="nearest") for shift in shifts)
        return y + dy, x + dx

    return warped(image, places)
