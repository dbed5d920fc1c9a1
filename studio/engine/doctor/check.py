"""What a check is: one file in `studio.engine.doctor.checks` with a `Check`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.image import Pixels8
from studio.core.registry import Registry
from studio.engine.api.dataset import CropPolicy
from studio.engine.api.doctor import Finding, Suspect
from studio.engine.doctor.look import Look

Figures: TypeAlias = NDArray[np.floating[Any]]

THUMBNAIL = 32  # px


@dataclass(frozen=True)
class Album:
    """The pictures under examination, ``pixels uint8 [N, H, W, C]``, and what is known of them.

    `source_sizes` are width and height in px of the files that they come from; empty where
    nobody knows. `crop` is how they were brought to one shape.
    """

    pixels: Pixels8
    crop: CropPolicy = "center"
    source_sizes: tuple[tuple[int, int], ...] = ()

    def __len__(self) -> int:
        return len(self.pixels)

    def look(self, index: int) -> Look:
        return Look(np.asarray(self.pixels[index]))


@dataclass(frozen=True)
class Measured:
    """What one pass over an album gave.

    `figures` are the check's own, ``[N, k]``; `sharpness` is that of each picture, ``[N]``;
    `thumbnails` are ``uint8 [N, 32, 32, 3 or 4]``, color on grey.
    """

    figures: Figures
    sharpness: Figures
    thumbnails: Pixels8


@dataclass(frozen=True)
class Check:
    """Looks for one kind of trouble.

    `measure` gives a few numbers for each picture (None: the thumbnails are enough), `judge`
    finds in them what stands out of the album. Both only read.
    """

    id: str
    judge: Callable[[Album, Measured, RunControl], Iterable[Finding]]
    measure: Callable[[Look], Sequence[float]] | None = None


CHECKS: Registry[Check] = Registry("studio.engine.doctor.checks", Check, "check")


def suspects(scores: Figures, limit: float = 1.0) -> tuple[Suspect, ...]:
    """The pictures whose score ``[N]`` is above `limit`, worst first."""
    order = np.argsort(-scores, kind="stable")
    return tuple(Suspect(int(i), float(scores[i] / limit)) for i in order if scores[i] > limit)


def spread(values: Figures, least: float) -> float:
    """The robust standard deviation of ``[N]``: 1.4826 × median absolute deviation."""
    return max(least, 1.4826 * float(np.median(np.abs(values - np.median(values)))))


def counted(count: int, singular: str, plural: str) -> str:
    """``1 image looks``, ``7 images look``."""
    return f"1 image {singular}" if count == 1 else f"{count:,} images {plural}"
