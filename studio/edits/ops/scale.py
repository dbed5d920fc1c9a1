from __future__ import annotations

from dataclasses import dataclass

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, Placed, operation
from studio.edits.pixels import map_premultiplied, resized
from studio.errors import StudioError

# A model's 32 px fill a canvas of 1024.
_MOST_PERCENT = 3200.0
_MOST_PIXELS = 64 * 2**20  # 1 GiB of memory


@dataclass(frozen=True)
class Scale:
    width: float = param(75.0, "Width", 1.0, _MOST_PERCENT, 1.0, "%", soft_high=200.0)
    height: float = param(75.0, "Height", 1.0, _MOST_PERCENT, 1.0, "%", soft_high=200.0)
    resampling: str = param(
        "smooth",
        "Resampling",
        choices=("smooth", "nearest"),
        help="Nearest keeps the hard pixels of pixel art.",
    )


@operation(
    "scale",
    "Scale",
    "geometry",
    Scale,
    geometric=True,
    presets={
        "Half": {"width": 50.0, "height": 50.0},
        "Double": {"width": 200.0, "height": 200.0},
        "Pixel art, 4 times": {"width": 400.0, "height": 400.0, "resampling": "nearest"},
    },
    words="resize enlarge shrink",
)
def scale(image: Image, params: Scale, context: EditContext) -> Placed:
    """Make the picture larger or smaller around its middle."""
    height, width, _ = image.shape
    new_height = max(1, round(height * params.height / 100.0))
    new_width = max(1, round(width * params.width / 100.0))
    if new_height * new_width / context.scale**2 > _MOST_PIXELS:
        raise StudioError("The picture would be too large.", "Scale it less.")
    smooth = params.resampling == "smooth"
    result = map_premultiplied(
        image, lambda pixels: resized(pixels, new_height, new_width, smooth=smooth)
    )
    return Placed(result, (width - new_width) / 2, (height - new_height) / 2)
