from __future__ import annotations

from dataclasses import dataclass

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_pixels

# sRGB is close to a power law of this exponent, so that a stop is a factor on encoded values.
_ENCODING = 2.2


@dataclass(frozen=True)
class Exposure:
    stops: float = param(0.5, "Exposure", -5.0, 5.0, 0.05, "stops")


@operation(
    "exposure",
    "Exposure",
    "color",
    Exposure,
    presets={"One stop brighter": {"stops": 1.0}, "One stop darker": {"stops": -1.0}},
    words="light stops brighter darker",
)
def exposure(image: Image, params: Exposure, context: EditContext) -> Image:
    """Give the picture more or less light, counted in stops as on a camera."""
    return map_pixels(image, lambda tones: tones * 2.0 ** (params.stops / _ENCODING))
