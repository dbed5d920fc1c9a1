from __future__ import annotations

from dataclasses import dataclass

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import map_pixels


@dataclass(frozen=True)
class BrightnessContrast:
    brightness: float = param(0.0, "Brightness", -1.0, 1.0, 0.01)
    contrast: float = param(0.25, "Contrast", -1.0, 1.0, 0.01)


@operation(
    "brightness_contrast",
    "Brightness and contrast",
    "color",
    BrightnessContrast,
    presets={
        "Brighter": {"brightness": 0.15, "contrast": 0.0},
        "Flat": {"contrast": -0.3},
        "Punchy": {"contrast": 0.5},
    },
    words="lighter darker",
)
def brightness_contrast(image: Image, params: BrightnessContrast, context: EditContext) -> Image:
    """Shift all tones up or down, and pull them apart or together around middle gray."""
    contrast = params.contrast
    gain = 1.0 + contrast if contrast < 0.0 else 1.0 / (1.0 - 0.99 * contrast)
    return map_pixels(image, lambda tones: (tones - 0.5) * gain + (0.5 + params.brightness))
