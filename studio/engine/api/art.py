"""Pictures painted after pictures: what can be chosen, and what is heard on the way."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.image import Image
from studio.core.params import param

LARGEST_PAINTING = 2048  # px of the longest side that is worked at; above it, it is enlarged


@dataclass(frozen=True)
class StyleSettings:
    """How a picture is painted in the manner of another."""

    strength: float = param(
        0.5, "Strength", 0.0, 1.0, 0.05, help="How freely shapes are painted over."
    )
    scale: float = param(
        1.0,
        "Stroke size",
        0.25,
        4.0,
        0.05,
        help="At 1 the painting is taken as large as the picture.",
    )
    keep_colors: bool = param(False, "Keep colors", help="Take strokes only, not the palette.")
    seed: int = param(0, "Seed", 0, 9999, help="Another one lays other strokes.")


@dataclass(frozen=True)
class TextureSettings:
    """How more is made of a texture."""

    width: int = param(512, "Width", 16, LARGEST_PAINTING)
    height: int = param(512, "Height", 16, LARGEST_PAINTING)
    piece: float = param(
        0.35, "Piece size", 0.1, 0.7, 0.05, help="Share of the picture that is copied at a time."
    )
    tileable: bool = param(True, "Seamless", help="Left continues right, and top bottom.")
    seed: int = param(0, "Seed", 0, 9999, help="Another one arranges it anew.")


@dataclass(frozen=True)
class UpscaleSettings:
    """How a picture becomes larger."""

    factor: str = param("2", "Times as large", choices=("2", "4"))
    method: str = param(
        "learned",
        "Details",
        choices=("learned", "interpolated"),
        help="Learned: a small network learns from this picture and those of the project.",
    )
    steps: int = param(
        400, "Steps", 50, 5000, 50, soft_high=2000, help="Of learning; more is sharper, and slower."
    )


@dataclass(frozen=True)
class Painted:
    """What there is to see so far, at whatever size, and how much of the work is done (0 to 1).

    The last one has the full size and a share of 1.
    """

    image: Image
    share: float
