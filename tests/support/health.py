"""What a run that measures itself leaves: a report, and a sheet of samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from studio.core.image import Image, to_pixels8
from studio.engine.api import HealthReport


def report_of(ratio: float) -> HealthReport:
    """A healthy measurement at that distance."""
    return HealthReport(
        distance=10.0 * ratio,
        distance_floor=10.0,
        distance_levels=(10.0 * ratio,),
        floor_levels=(10.0,),
        coverage=0.6,
        coverage_floor=0.8,
        density=1.0,
        density_floor=1.0,
        alikeness=0.1,
        alikeness_floor=0.1,
        variety=0.9,
        novelty=1.0,
        copies=0.02,
        leak=0.0,
        leak_kind="mirrored",
        held_out_place=0.8,
    )


def write_sheet(file: Path, images: Sequence[Image]) -> None:
    """As the engine lays it out: rows of eight, 2 px apart."""
    side = len(images[0])
    rows = len(images) // 8
    sheet = np.full((2 + rows * (side + 2), 2 + 8 * (side + 2), 3), 255, np.uint8)
    for place, image in enumerate(images):
        top, left = (2 + part * (side + 2) for part in divmod(place, 8))
        sheet[top : top + side, left : left + side] = to_pixels8(image)
    PillowImage.fromarray(sheet).save(file)
