from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from studio.core.image import Image
from studio.core.params import param
from studio.edits.operation import EditContext, operation
from studio.edits.pixels import Tile, map_premultiplied, map_tiles

_PATCH = 4  # px of a side of what is compared: from one before each px to two behind it
_MOST_UNLIKE = 5.0  # exponent from which on px have nothing to do with one another
_DISTANCE = 6  # px around each px that likenesses are looked for in


@dataclass(frozen=True)
class DenoiseNlm:
    strength: float = param(0.08, "Strength", 0.01, 1.0, 0.01, soft_high=0.3)
    reach: int = param(
        _DISTANCE, "Reach", 1, 20, 1, "px", help="How far to look for alike spots: farther is slow."
    )


@operation(
    "denoise_nlm",
    "Denoise (non-local means)",
    "restore",
    DenoiseNlm,
    presets={"Gentle": {"strength": 0.04}, "Strong": {"strength": 0.16}},
    words="noise grain texture patches clean",
)
def denoise_nlm(image: Image, params: DenoiseNlm, context: EditContext) -> Image:
    """Average spots that look alike: noise goes, texture stays. Takes its time."""
    reach = max(1, params.reach)
    strength = max(params.strength * np.sqrt(context.scale), 0.005)

    def clean(pixels: Image) -> Image:
        return map_tiles(
            pixels,
            lambda tile: _averaged(pixels[tile], reach, strength),
            margin=reach + _PATCH,
            side=256,
        )

    return map_premultiplied(image, clean)


def _averaged(pixels: Image, reach: int, strength: float) -> Image:
    """Each px as the mean of those whose surroundings are alike.

    Buades, Coll, Morel 2005, in the order of Froment 2014: one shift after the other, for all px at
    once. As `skimage.restoration.denoise_nl_means` has it, a px itself counts twice and what is
    too unlike not at all; that one approximates the exponential, which makes 0.002 at most.
    """
    height, width, channels = pixels.shape
    room = reach + _PATCH
    around = ((room, room), (room, room), (0, 0))
    padded = np.moveaxis(np.pad(pixels, around, mode="reflect"), 2, 0).copy()
    sharpness = np.float32(1.0 / (strength**2 * (_PATCH + 1) ** 2 * channels))

    def shifted(down: int, across: int) -> Image:
        top, left = room + down, room + across
        return padded[:, top : top + height, left : left + width]

    total, weights = 2.0 * shifted(0, 0), np.full((height, width), 2.0, np.float32)
    for down, across in _shifts(reach):
        before, behind = max(across, 0), max(-across, 0)  # px that the other one of a pair needs
        top, left = room - down, room - before
        area = (slice(top, room + height), slice(left, room + width + behind))
        likeness = _likeness(padded, area, (down, across), sharpness)
        for sign, y, x in ((1, down, before), (-1, 0, behind)):
            share = likeness[y : y + height, x : x + width]
            weights += share
            total += shifted(sign * down, sign * across) * share
    total /= weights
    return np.moveaxis(total, 0, 2)


def _shifts(reach: int) -> Iterator[tuple[int, int]]:
    """One of each pair of opposite shifts, down and across."""
    for down in range(reach + 1):
        for across in range(-reach if down else 1, reach + 1):
            yield down, across


def _likeness(planes: Image, area: Tile, shift: tuple[int, int], sharpness: np.float32) -> Image:
    """How alike the patches around each px of an area ``[h, w]`` and its shifted one are, to 1."""
    before, behind = _PATCH // 2 - 1, _PATCH // 2
    here = [slice(part.start - before, part.stop + behind) for part in area]
    there = [slice(p.start + by, p.stop + by) for p, by in zip(here, shift, strict=True)]
    apart = planes[:, *here] - planes[:, *there]
    np.multiply(apart, apart, out=apart)
    unlike = apart.sum(axis=0)
    unlike = unlike[:-1] + unlike[1:]
    unlike = unlike[:-2] + unlike[2:]
    unlike = unlike[:, :-1] + unlike[:, 1:]
    unlike = unlike[:, :-2] + unlike[:, 2:]
    unlike *= -sharpness
    likeness: Image = np.exp(unlike)
    likeness *= unlike >= -_MOST_UNLIKE
    return likeness
