from __future__ import annotations

from dataclasses import dataclass

from studio.core.image import Image
from studio.core.params import param
from studio.edits.drawing import STYLES, drawn, thick_lines
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import blur, opaque_luma
from studio.edits.thinning import skeleton_of


@dataclass(frozen=True)
class Skeleton:
    level: float = param(0.5, "Level", 0.0, 1.0, 0.01, help="What is darker counts as a shape.")
    shapes: str = param("dark", "Shapes are", choices=("dark", "bright"))
    smoothing: float = param(3.0, "Smoothing", 0.0, 100.0, 0.1, "px", soft_high=20.0)
    thickness: float = param(3.0, "Thickness", 1.0, 50.0, 0.5, "px", soft_high=12.0)
    style: str = param("dark on white", "Style", choices=STYLES)


@operation(
    "skeleton",
    "Skeleton",
    "segment",
    Skeleton,
    presets={"Single-line font": {"smoothing": 1.0}, "Lightning": {"style": "light on black"}},
    fine=True,
    words="thin medial axis centerline skeletonize",
)
def skeleton(image: Image, params: Skeleton, context: EditContext) -> Image:
    """Thin shapes down to the lines along their middle."""
    brightness = blur(opaque_luma(image)[..., None], params.smoothing)[..., 0]
    shapes = brightness < params.level if params.shapes == "dark" else brightness >= params.level
    lines = skeleton_of(shapes, context.control)
    return drawn(image, thick_lines(lines, params.thickness), params.style)
