from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, map_color, opaque_luma


@dataclass(frozen=True)
class ThresholdLocal:
    radius: float = param(20.0, "Radius", 1.0, 500.0, 0.5, "px", soft_high=100.0)
    offset: float = param(
        0.04, "Offset", -0.5, 0.5, 0.01, help="How much darker than around it ink has to be."
    )
    softness: float = param(0.05, "Softness", 0.0, 1.0, 0.01, help="Smooths the jagged border.")


@operation(
    "threshold_local",
    "Threshold (local)",
    "segment",
    ThresholdLocal,
    presets={"Page of text": {"radius": 15.0, "offset": 0.08}, "Woodcut": {"offset": 0.0}},
    words="adaptive binarize text scan document black white",
    fine=True,
)
def threshold_local(image: Image, params: ThresholdLocal, context: EditContext) -> Image:
    """Leave black and white, split at the mean brightness around each place."""
    brightness = opaque_luma(image)[..., None]
    level = blur(brightness, params.radius) - np.float32(params.offset)
    slope = np.float32(1.0 / max(params.softness, 1e-4))
    white = (brightness - level) * slope + np.float32(0.5)
    return map_color(image, lambda color: np.broadcast_to(white, color.shape))
