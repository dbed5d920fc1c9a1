"""What can be said of any picture in numbers: each becomes a slider of any model.

A measure takes a `Look` and gives one number. Angles have a period; all others lie on a line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.image import Image

Plane = NDArray[np.float32]  # [H, W]

_EDGE_OF_OBJECT = 12.0  # distance in Lab from the ground below which nothing stands out


class Look:
    """One picture, an *Image* of 1, 3 or 4 channels, and what several measures want of it."""

    def __init__(self, image: Image) -> None:
        color = image[..., :3] if image.shape[2] >= 3 else np.repeat(image[..., :1], 3, axis=2)
        self.alpha: Plane | None = image[..., 3] if image.shape[2] == 4 else None
        ground = 1.0 if self.alpha is None else self.alpha[..., None]
        self.lab = ski.color.rgb2lab(color * ground + (1.0 - ground)).astype(np.float32)

    @property
    def lightness(self) -> Plane:
        """In [0, 1]."""
        light: Plane = self.lab[..., 0] / 100
        return light

    @cached_property
    def chroma(self) -> Plane:
        chroma: Plane = np.hypot(self.lab[..., 1], self.lab[..., 2])
        return chroma

    @cached_property
    def object(self) -> Plane:
        """How far each place belongs to what stands before the ground, in [0, 1].

        Alpha where there is some, else how unlike a place is to the frame of the picture.
        """
        if self.alpha is not None:
            return self.alpha
        frame = np.concatenate([self.lab[0], self.lab[-1], self.lab[:, 0], self.lab[:, -1]])
        apart = np.linalg.norm(self.lab - np.median(frame, axis=0), axis=2)
        steepness: Plane = np.clip(apart / _EDGE_OF_OBJECT - 1.0, 0.0, 1.0).astype(np.float32)
        return steepness

    @cached_property
    def slopes(self) -> tuple[Plane, Plane]:
        """Of lightness, down and to the right."""
        return ski.filters.sobel_h(self.lightness), ski.filters.sobel_v(self.lightness)


@dataclass(frozen=True)
class Measure:
    """`name` says what more of it means; `period` is that of an angle in radians, else 0."""

    id: str
    name: str
    of: Callable[[Look], float]
    period: float = 0.0


def _hue(look: Look) -> float:
    """The angle of the mean color in the plane of a and b."""
    weight = look.object + 1e-3
    a, b = ((look.lab[..., place] * weight).sum() for place in (1, 2))
    return math.atan2(b, a)


def _orientation(look: Look) -> float:
    """The angle of the main direction of edges (structure tensor)."""
    down, right = look.slopes
    return 0.5 * math.atan2(
        2.0 * float((down * right).sum()), float((right**2 - down**2).sum()) + 1e-9
    )


def _symmetry(look: Look) -> float:
    light = look.lightness
    spread = float(light.std()) + 1e-3
    return -float(np.abs(light - light[:, ::-1]).mean()) / spread


def _texture(look: Look) -> float:
    """Share of the contrast that is finer than about two pixels."""
    light = look.lightness
    fine = light - ski.filters.gaussian(light, 1.0, mode="nearest")
    return float(fine.std()) / (float(light.std()) + 1e-3)


def _center(look: Look, axis: int) -> float:
    """Where the middle of the object is, 0 to 1 from the top left."""
    weight = look.object.mean(axis=1 - axis) + 1e-4
    return float((weight * np.linspace(0.0, 1.0, len(weight))).sum() / weight.sum())


MEASURES: Sequence[Measure] = (
    Measure("lightness", "Lightness", lambda look: float(look.lightness.mean())),
    Measure("contrast", "Contrast", lambda look: float(look.lightness.std())),
    Measure("saturation", "Saturation", lambda look: float(look.chroma.mean())),
    Measure("hue", "Hue", _hue, 2.0 * math.pi),
    Measure("fill", "Fill", lambda look: float(look.object.mean())),
    Measure("across", "To the right", lambda look: _center(look, 1)),
    Measure("down", "Downward", lambda look: _center(look, 0)),
    Measure("edges", "Edges", lambda look: float(np.hypot(*look.slopes).mean())),
    Measure("texture", "Texture", _texture),
    Measure("symmetry", "Symmetry", _symmetry),
    Measure("orientation", "Orientation", _orientation, math.pi),
)


def measured(images: Sequence[Image]) -> NDArray[np.float32]:
    """Every measure of every picture, ``float32 [images, measures]``."""
    looks = map(Look, images)
    return np.array([[measure.of(look) for measure in MEASURES] for look in looks], np.float32)


def unrolled(values: NDArray[np.float32], period: float) -> NDArray[np.float32]:
    """Angles as differences from their mean, so that nearby ones are near in number too."""
    if not period:
        return values
    turn = 2.0 * math.pi / period
    mean = math.atan2(np.sin(values * turn).mean(), np.cos(values * turn).mean()) / turn
    away: NDArray[np.float32] = (values - mean + period / 2) % period - period / 2
    return away
