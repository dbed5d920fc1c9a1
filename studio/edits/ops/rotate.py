from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, Placed, operation
from studio.edits.projection import projected
from studio.edits.resampling import premultiplied_planes


@dataclass(frozen=True)
class Rotate:
    angle: float = param(15.0, "Angle", -360.0, 360.0, 0.1, "°", help="Positive turns clockwise.")


@operation(
    "rotate",
    "Rotate",
    "geometry",
    Rotate,
    geometric=True,
    presets={
        "Quarter turn": {"angle": 90.0},
        "Quarter turn back": {"angle": -90.0},
        "Half turn": {"angle": 180.0},
    },
    words="turn straighten angle",
    fine=True,
)
def rotate(image: Image, params: Rotate, context: EditContext) -> Placed:
    """Turn the picture around its middle by any angle; the canvas grows to hold it."""
    quarters, rest = divmod(params.angle, 90.0)
    turned = np.rot90(image, -int(quarters)) if rest == 0.0 else _turn(image, params.angle)
    (height, width), (new_height, new_width) = image.shape[:2], turned.shape[:2]
    return Placed(turned, (width - new_width) / 2, (height - new_height) / 2)


def _turn(image: Image, angle: float) -> Image:
    """Bicubic, with smooth edges against transparency."""
    radians = math.radians(angle)
    cos, sin = math.cos(radians), math.sin(radians)
    height, width, _ = image.shape
    new_width = math.ceil(width * abs(cos) + height * abs(sin))
    new_height = math.ceil(width * abs(sin) + height * abs(cos))
    # Pixel centers lie at whole numbers: the middle of n pixels is (n - 1) / 2.
    x, y = (width - 1) / 2, (height - 1) / 2
    new_x, new_y = (new_width - 1) / 2, (new_height - 1) / 2
    back = np.array(  # from a place in the new picture to the place in the old one
        [
            [cos, sin, x - cos * new_x - sin * new_y],
            [-sin, cos, y + sin * new_x - cos * new_y],
            [0.0, 0.0, 1.0],
        ]
    )

    def coverage(rows: slice) -> Image:
        place = np.arange(new_width)[None, :], np.arange(rows.start, rows.stop)[:, None]
        across, down = (row[0] * place[0] + row[1] * place[1] + row[2] for row in back[:2])
        beside, below = np.minimum(across, width - 1 - across), np.minimum(down, height - 1 - down)
        covered: Image = np.clip(np.minimum(beside, below) + 1.0, 0.0, 1.0).astype(np.float32)
        return covered

    planes = premultiplied_planes(image)
    return projected(planes, back, (new_height, new_width), coverage, smooth=True)
