"""Filling a hole with texture from around it, patch by patch.

After Wexler, Shechtman, Irani, "Space-Time Completion of Video" (2007): at a small size, each patch
that touches the hole is replaced by the most similar patch of the surroundings, over and over.
Larger sizes inherit where the patches came from, and only adjust it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.image import Image

Mask: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.intp]  # [N, 2]: row, column

_RADIUS = 3  # patches are 7 by 7 px
_SIDE = 2 * _RADIUS + 1
_FEW = 300  # px of a hole that is small enough to compare all patches
_SOURCES = 2048  # patches to choose from
_ROUNDS = 8  # of choosing and averaging
_SHORTEST = 24  # px of a side, below which there is too little to choose from
_MANY = 200_000  # patches that are too many to adjust: memory
_FADING, _LEAST_TRUST = 1.5, 0.01


def texture_fill(image: Image, mask: Mask, start: Image, control: RunControl) -> Image | None:
    """`image` with the masked px filled from the others; `start` is a first, smooth guess.

    None where too little is known to choose from.

    Raises:
        Cancelled: `control` asked for it.
    """
    hole = _Hole(mask)
    if not hole.can_be_filled:
        return None
    filled, _ = _fill(np.where(mask[..., None], start, image), hole, control)
    return filled


class _Hole:
    """What is to be filled at one size, and which patches there are."""

    def __init__(self, mask: Mask) -> None:
        import scipy.ndimage as ndi

        touched = ndi.maximum_filter(mask, _SIDE)
        inner = np.zeros_like(mask)
        inner[_RADIUS:-_RADIUS, _RADIUS:-_RADIUS] = True
        self.mask = mask
        self.targets: Places = np.argwhere(touched & inner)  # centers that touch the hole
        self.is_known: Mask = inner & ~touched
        self.can_be_filled = min(mask.shape) >= _SIDE and bool(self.is_known.any())

    @property
    def size(self) -> int:
        return int(self.mask.sum())

    @cached_property
    def trust(self) -> Image:
        """How much a px counts ``[H, W, 1]``: the deeper in the hole, the more it is a guess."""
        import scipy.ndimage as ndi

        fading = _FADING ** -ndi.distance_transform_edt(self.mask)
        trust: Image = np.maximum(fading, _LEAST_TRUST).astype(np.float32)[..., None]
        return trust

    @cached_property
    def _nearest_known(self) -> Places:
        """For each px the closest one whose patch is all known ``[H, W, 2]``."""
        import scipy.ndimage as ndi

        unknown = ~self.is_known
        nearest = ndi.distance_transform_edt(unknown, return_distances=False, return_indices=True)
        places: Places = np.moveaxis(nearest, 0, 2).astype(np.intp)
        return places

    def known(self, places: Places) -> Places:
        bounded = np.clip(places, 0, np.array(self.mask.shape) - 1)
        known: Places = self._nearest_known[tuple(bounded.T)]
        return known

    def half(self) -> _Hole:
        return _Hole(_half(self.mask[..., None].astype(np.float32))[..., 0] > 0.0)


def _fill(image: Image, hole: _Hole, control: RunControl) -> tuple[Image, Places]:
    """The filled image, and from where the patch around each target was copied."""
    control.check()
    small = hole.half()
    if hole.size <= _FEW or min(small.mask.shape) < _SHORTEST or not small.can_be_filled:
        return _search(image, hole, control)
    _, small_sources = _fill(_half(image), small, control)
    offsets = np.zeros((*small.mask.shape, 2), np.intp)
    offsets[tuple(small.targets.T)] = 2 * (small_sources - small.targets)
    sources = hole.known(hole.targets + offsets[tuple((hole.targets // 2).T)])
    image = _average(image, hole, sources)
    if len(sources) <= _MANY:
        sources = _adjusted(image, hole, sources)
        image = _average(image, hole, sources)
    return image, sources


def _search(image: Image, hole: _Hole, control: RunControl) -> tuple[Image, Places]:
    """Compare every patch of the hole with those around it, by weighted squared differences."""
    choices = np.argwhere(hole.is_known)
    choices = choices[:: -(-len(choices) // _SOURCES)]
    features = _patches(image, choices)
    trust = _patches(np.broadcast_to(hole.trust, image.shape), hole.targets)
    lengths = trust @ (features**2).T
    sources = hole.targets
    for _ in range(_ROUNDS):
        control.check()
        products = (trust * _patches(image, hole.targets)) @ features.T
        sources = choices[np.argmin(lengths - 2.0 * products, axis=1)]
        image = _average(image, hole, sources)
    return image, sources


def _adjusted(image: Image, hole: _Hole, sources: Places) -> Places:
    """Each source moved by one px where that fits better."""
    wanted = _patches(image, hole.targets)
    best = np.full(len(sources), np.inf, np.float32)
    chosen = sources
    for step in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)):
        moved = hole.known(sources + np.array(step))
        distance = ((_patches(image, moved) - wanted) ** 2).sum(axis=1)
        better = distance < best
        best = np.where(better, distance, best)
        chosen = np.where(better[:, None], moved, chosen)
    return chosen


def _average(image: Image, hole: _Hole, sources: Places) -> Image:
    """Each px of the hole as the mean of the patches that cover it."""
    total = np.zeros_like(image)
    count = np.zeros((*hole.mask.shape, 1), np.float32)
    weights = hole.trust[tuple(hole.targets.T)]
    for step in np.ndindex(_SIDE, _SIDE):
        target = tuple((hole.targets + step - _RADIUS).T)
        total[target] += weights * image[tuple((sources + step - _RADIUS).T)]
        count[target] += weights
    return np.where(hole.mask[..., None], total / np.maximum(count, _LEAST_TRUST), image)


def _patches(image: Image, centers: Places) -> Image:
    """The px around each center, as one row each."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (_SIDE, _SIDE), axis=(0, 1))
    rows, columns = (centers - _RADIUS).T
    patches: Image = windows[rows, columns].reshape(len(centers), -1)
    return patches


def _half(image: Image) -> Image:
    height, width, _ = image.shape
    padded = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    half: Image = ski.measure.block_reduce(padded, (2, 2, 1), np.mean)
    return half
