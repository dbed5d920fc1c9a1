"""Changes that an augmentation may make to pictures, as the advisor tries them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from studio.core.image import Image

# float32 [N, S, S, 3 or 4] in and out; what a change does at the rim is cut off afterwards.
Transform: TypeAlias = Callable[[Image], Image]


@dataclass(frozen=True)
class Change:
    """One kind of change, in both or all of its directions.

    `leak` says what a model does that learns from unsuitable copies.
    """

    id: str
    title: str
    leak: str
    variants: tuple[Transform, ...]


def _turned(degrees: float) -> Transform:
    def turn(pictures: Image) -> Image:
        from scipy.ndimage import rotate

        turned: Image = rotate(
            pictures, degrees, axes=(1, 2), reshape=False, order=1, mode="nearest"
        )
        return turned

    return turn


def _shifted(rows: float, columns: float) -> Transform:
    """By shares of the side, what leaves on one side entering on the other."""

    def shift(pictures: Image) -> Image:
        height, width = pictures.shape[1:3]
        return np.roll(pictures, (round(rows * height), round(columns * width)), (1, 2))

    return shift


def _hue(degrees: float) -> Transform:
    """Color turned around the grey axis (Rodrigues' rotation)."""
    angle = np.deg2rad(degrees)
    axis = np.full(3, 3**-0.5)
    cross = np.cross(np.eye(3), axis)
    rotation = np.cos(angle) * np.eye(3) + np.sin(angle) * cross
    rotation += (1 - np.cos(angle)) * np.outer(axis, axis)

    def turn(pictures: Image) -> Image:
        color = np.clip(pictures[..., :3] @ rotation.astype(np.float32), 0, 1)
        return np.concatenate([color, pictures[..., 3:]], axis=3)

    return turn


def _gamma(gamma: float) -> Transform:
    def bend(pictures: Image) -> Image:
        color = pictures[..., :3] ** np.float32(gamma)
        return np.concatenate([color, pictures[..., 3:]], axis=3)

    return bend


CHANGES = (
    Change(
        "mirror",
        "Mirroring",
        "what has a left and a right would come out both ways",
        (lambda pictures: pictures[:, :, ::-1],),
    ),
    Change(
        "upside_down",
        "Upside down",
        "some images would come out standing on their heads",
        (lambda pictures: pictures[:, ::-1],),
    ),
    Change(
        "quarter_turns",
        "Quarter turns",
        "some images would come out lying on their sides",
        (
            lambda pictures: np.rot90(pictures, 1, (1, 2)),
            lambda pictures: np.rot90(pictures, 3, (1, 2)),
        ),
    ),
    Change(
        "small_turns",
        "Small turns",
        "some images would come out tilted",
        (_turned(10), _turned(-10)),
    ),
    Change(
        "shifts",
        "Shifts",
        "some images would come out off their place",
        (_shifted(0.08, 0), _shifted(-0.08, 0), _shifted(0, 0.08), _shifted(0, -0.08)),
    ),
    Change(
        "hue",
        "Other hues",
        "some images would come out in colors that yours do not have",
        (_hue(60), _hue(-60)),
    ),
    Change(
        "brightness",
        "Lighter and darker",
        "some images would come out paler or darker than yours",
        (_gamma(0.7), _gamma(1.4)),
    ),
)
