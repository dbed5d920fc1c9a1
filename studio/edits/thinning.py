"""Shapes thinned to lines, as far as possible without looking at every px again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.core.control import RunControl

Mask = NDArray[np.bool_]
Codes = NDArray[np.uint8]  # for each px that is set which of its neighbors are, a bit for each
Places = NDArray[np.int32]  # in a flat picture

_AROUND = [(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)]  # bit by bit
_FIRST, _SECOND = np.uint8(1), np.uint8(2)  # the passes
# Corners and ends that scikit-image takes away in other passes than the paper: codes by passes.
_OTHERWISE = {
    0: (48, 129),
    1: (3, 6, 11, 12, 14, 131, 134, 161, 194, 198),
    2: (24, 26, 56, 96, 104, 108, 176, 192, 224),
    3: (10, 40, 130, 160),
}


def skeleton_of(shapes: Mask, control: RunControl) -> Mask:
    """The lines along the middle of shapes ``[H, W]``, one px wide.

    Zhang, Suen 1984, "A fast parallel algorithm for thinning digital patterns": the same as
    `skimage.morphology.skeletonize`. After the first round only px are looked at that have lost a
    neighbor since: the time grows with the area, not with how thick shapes are.

    Raises:
        Cancelled: `control` asked for it.
    """
    padded = np.pad(shapes, 1)
    lines = padded.ravel()
    codes, steps = _codes(padded).ravel(), [dy * padded.shape[1] + dx for dy, dx in _AROUND]
    removable = _removable()
    wanted = np.zeros(codes.shape, np.bool_)
    before: list[Places] = [np.flatnonzero(removable[codes]).astype(np.int32)]
    older = before
    phase = _FIRST
    while any(map(len, [*before, *older])):
        control.check()
        found = list(_found([*before, *older], codes, removable & phase, wanted))
        gone = np.concatenate(found)
        lines[gone] = wanted[gone] = False
        older, before = before, list(_left_near(gone, codes, steps))
        phase ^= _FIRST | _SECOND
    return padded[1:-1, 1:-1]


def _codes(padded: Mask) -> Codes:
    """The neighbors of each px that is set; those of a padded border are left out."""
    height, width = padded.shape
    codes = np.zeros(padded.shape, np.uint8)
    inner = codes[1:-1, 1:-1]
    for bit, (dy, dx) in enumerate(_AROUND):
        near = padded[1 + dy : height - 1 + dy, 1 + dx : width - 1 + dx]
        inner |= near.astype(np.uint8) << np.uint8(bit)
    codes *= padded
    return codes


def _removable() -> Codes:
    """For each code the passes ``[256]`` in which its px goes.

    By the rules (a) to (d) of the paper it has two to six neighbors, in one piece, and lies at the
    right side of the shape.
    """
    near = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    count = near.sum(axis=1)
    pieces = ((near == 0) & (np.roll(near, -1, axis=1) == 1)).sum(axis=1)
    north, east, south, west = (near[:, place] for place in (1, 3, 5, 7))
    border = (count >= 2) & (count <= 6) & (pieces == 1)
    first = border & (north * east * south == 0) & (east * south * west == 0)
    second = border & (north * east * west == 0) & (north * south * west == 0)
    passes: Codes = (first * _FIRST + second * _SECOND).astype(np.uint8)
    for which, codes in _OTHERWISE.items():
        passes[list(codes)] = which
    return passes


def _found(
    candidates: Sequence[Places], codes: Codes, removable: Codes, wanted: Mask
) -> Iterator[Places]:
    """Those that go, each one once; they are noted in `wanted`."""
    for places in candidates:
        going = places[removable[codes[places]] > 0]
        going = going[~wanted[going]]
        wanted[going] = True
        yield going


def _left_near(gone: Places, codes: Codes, steps: Sequence[int]) -> Iterator[Places]:
    """Those with a neighbor that has gone, no place twice in one array; `codes` follow."""
    codes[gone] = 0
    for bit, step in enumerate(steps):
        near = gone - np.int32(step)
        near = near[codes[near] > 0]
        codes[near] &= np.uint8(255 ^ (1 << bit))
        yield near
