"""Filling a hole with what is around it, patch by patch.

After Newson et al. 2014, "Video inpainting of complex scenes", for still pictures: at a size at
which the hole is thin it is closed from its border inwards; at each larger size every patch that
touches the hole looks for its like around it (PatchMatch, Barnes et al. 2009), and the px of the
hole become what these patches say, over and over. How lively the surroundings are is matched like
a color, so that grass does not become a lawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.image import Image
from studio.edits.parallel import each_band

Mask: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.intp]  # [N, 2]: row, column
Numbers: TypeAlias = NDArray[np.float32]  # [N]
Flat: TypeAlias = NDArray[np.intp]  # [N]: place in a flat picture

_RADIUS = 3  # patches are 7 by 7 px
_SIDE = 2 * _RADIUS + 1
_THIN = 4.0  # px from the middle of a hole to its border: thin enough to be closed from there
_SHORTEST = 4 * _SIDE  # px of a side, below which there is too little to choose from
_FILTERS = 24  # principal components by which patches are compared
_SAMPLED = 1000  # patches that these are learned from
_LIVELY = 2.0  # weight of liveliness against color
_PASSES, _FINE_PASSES = 6, 2  # of searching and filling, and where the patches are many
_MANY = 8_000
_ROUNDS = 2  # of PatchMatch in each pass
_AT_ONCE = 5_000  # patches that are compared in one go
_FADING = 1.3  # how much less a px is trusted than one that is a px nearer to the border
_LEAST_TRUST = 1e-2
_UNLIKE = 10.0  # exponent at which patches are so unlike that it does not matter how much
_AROUND = [(y, x) for y in range(-_RADIUS, _RADIUS + 1) for x in range(-_RADIUS, _RADIUS + 1)]
_STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))


def texture_fill(image: Image, mask: Mask, start: Image, control: RunControl) -> Image | None:
    """`image` with the masked px filled from the others; `start` is a first, smooth guess.

    None where too little is known to choose from.

    Raises:
        Cancelled: `control` asked for it.
    """
    channels = image.shape[2]
    known = np.where(mask[..., None], start, image)
    hole = _Hole(np.concatenate([known, _liveliness(known, mask)], axis=2), mask)
    if not hole.can_be_filled:
        return None
    rng = np.random.default_rng(0)
    filled = _fill(hole, rng, control, finest=True).picture[..., :channels]
    return np.clip(filled, 0.0, 1.0)


def _liveliness(image: Image, mask: Mask) -> Image:
    """How much changes around each px, across and down ``[H, W, 2]``; the hole says nothing."""
    import scipy.ndimage as ndi

    brightness = image.mean(axis=2)
    trust = ndi.binary_erosion(~mask, iterations=2, border_value=1).astype(np.float32)
    share = np.maximum(ndi.uniform_filter(trust, 2 * _SIDE), 1e-3)
    changes = [np.abs(ndi.sobel(brightness, axis)) * trust / 4.0 for axis in (0, 1)]
    planes = [ndi.uniform_filter(change, 2 * _SIDE) / share for change in changes]
    lively: Image = (np.stack(planes, axis=2) * _LIVELY).astype(np.float32)
    return lively


class _Hole:
    """What is to be filled at one size, and which patches there are to do it with."""

    def __init__(self, picture: Image, mask: Mask) -> None:
        import scipy.ndimage as ndi

        self.picture, self.mask = picture, mask
        inner = np.zeros_like(mask)
        inner[_RADIUS:-_RADIUS, _RADIUS:-_RADIUS] = True
        touched = ndi.maximum_filter(mask, _SIDE)
        self.targets: Places = np.argwhere(touched & inner)  # centers that touch the hole
        self.is_known: Mask = inner & ~touched
        self.can_be_filled = min(mask.shape) >= _SIDE and bool(self.is_known.any())
        self.depth: Image = ndi.distance_transform_edt(mask).astype(np.float32)

    @property
    def is_coarsest(self) -> bool:
        return float(self.depth.max()) <= _THIN or min(self.mask.shape) < 2 * _SHORTEST

    def half(self) -> _Hole:
        """The same at half size; what is unknown does not color what is known."""
        known = (~self.mask)[..., None].astype(np.float32)
        total, weight = _half(self.picture * known), _half(known)
        picture = np.where(weight > 0.0, total / np.maximum(weight, 1e-6), _half(self.picture))
        return _Hole(picture, weight[..., 0] < 1.0)

    def nearest_known(self) -> Places:
        """For each px the closest one whose patch is all known ``[H, W, 2]``."""
        import scipy.ndimage as ndi

        unknown = ~self.is_known
        nearest = ndi.distance_transform_edt(unknown, return_distances=False, return_indices=True)
        places: Places = np.moveaxis(nearest, 0, 2).astype(np.intp)
        return places


@dataclass(frozen=True)
class _Filled:
    """A picture without hole, and from where the patch around each target was copied."""

    picture: Image
    sources: Places


def _fill(
    hole: _Hole, rng: np.random.Generator, control: RunControl, *, finest: bool = False
) -> _Filled:
    smaller = None if hole.is_coarsest else hole.half()
    if smaller is None or not smaller.can_be_filled:
        filled = _closed(hole, control)
    else:
        filled = _enlarged(_fill(smaller, rng, control), smaller, hole)
    search = _Search(hole, rng)
    passes = _FINE_PASSES if len(hole.targets) > _MANY else _PASSES
    for left in reversed(range(passes)):
        sources, distances = search.improved(filled, control)
        sharp = finest and left == 0
        filled = _Filled(_voted(hole, filled.picture, sources, distances, sharp=sharp), sources)
    return filled


def _closed(hole: _Hole, control: RunControl) -> _Filled:
    """Fill from the border inwards, ring by ring, comparing what of each patch is known."""
    picture, known = hole.picture.copy(), ~hole.mask
    choices = np.argwhere(hole.is_known)
    features = _patches(picture, choices).reshape(len(choices), _SIDE**2, -1)
    flat = features.reshape(len(choices), -1)
    padded_nearest = hole.nearest_known()
    for ring in range(1, int(np.ceil(hole.depth.max())) + 1):
        control.check()
        here = np.argwhere(hole.mask & ~known & (hole.depth <= ring))
        inside = np.clip(here, _RADIUS, np.array(hole.mask.shape) - 1 - _RADIUS)
        weights = _patches(known[..., None].astype(np.float32), inside)
        weights = np.repeat(weights, picture.shape[2], axis=1)
        wanted = _patches(picture, inside)
        distance = weights @ (flat**2).T - 2.0 * (weights * wanted) @ flat.T
        sources = choices[distance.argmin(axis=1)] + (here - inside)
        picture[tuple(here.T)] = picture[tuple(sources.T)]
        known = known | (hole.mask & (hole.depth <= ring))
    return _Filled(picture, padded_nearest[tuple(hole.targets.T)])


def _enlarged(filled: _Filled, smaller: _Hole, hole: _Hole) -> _Filled:
    """The fill of the half size as a first guess."""
    offsets = np.zeros((*smaller.mask.shape, 2), np.intp)
    offsets[tuple(smaller.targets.T)] = 2 * (filled.sources - smaller.targets)
    halves = np.minimum(hole.targets // 2, np.array(smaller.mask.shape) - 1)
    places = hole.targets + offsets[tuple(halves.T)]
    bounded = np.clip(places, 0, np.array(hole.mask.shape) - 1)
    sources = hole.nearest_known()[tuple(bounded.T)]
    equal = np.ones(len(sources), np.float32)
    return _Filled(_voted(hole, hole.picture, sources, equal), sources)


class _Search:
    """For each target the most similar patch that is known."""

    def __init__(self, hole: _Hole, rng: np.random.Generator) -> None:
        self._hole, self._rng = hole, rng
        self._limits = np.array(hole.mask.shape) - 1
        self._nearest = hole.nearest_known()
        self._number = np.full(hole.mask.shape, -1, np.intp)  # of the target at each place
        self._number[tuple(hole.targets.T)] = np.arange(len(hole.targets))
        choices = np.argwhere(hole.is_known)
        sample = _patches(hole.picture, choices[:: max(1, len(choices) // _SAMPLED)])
        self._mean = sample.mean(axis=0)
        apart = sample - self._mean
        self._basis = np.linalg.eigh(apart.T @ apart)[1][:, -_FILTERS:]
        self._responses = np.zeros((*hole.mask.shape, self._basis.shape[1]), np.float32)
        self._responses[tuple(choices.T)] = self._respond(hole.picture, choices)

    def improved(self, filled: _Filled, control: RunControl) -> tuple[Places, Numbers]:
        """Better sources than those of `filled`, and how far each is from what is there."""
        targets = self._hole.targets
        wanted = self._respond(filled.picture, targets)
        sources = filled.sources
        distances = self._distance(wanted, sources)

        def consider(places: Places, which: Places) -> None:
            distance = self._distance(wanted[which], places)
            better = distance < distances[which]
            sources[which[better]] = places[better]
            distances[which[better]] = distance[better]

        sources = sources.copy()
        everyone = np.arange(len(targets))
        for _ in range(_ROUNDS):
            for step in _STEPS:
                control.check()
                neighbor = self._number[tuple(np.clip(targets - step, 0, self._limits).T)]
                places = np.clip(sources[neighbor] + step, 0, self._limits)
                usable = (neighbor >= 0) & self._hole.is_known[tuple(places.T)]
                consider(places[usable], everyone[usable])
            reach = float(max(self._limits))
            while reach >= 1.0:
                control.check()
                shift = (self._rng.uniform(-reach, reach, sources.shape)).round().astype(np.intp)
                places = np.clip(sources + shift, 0, self._limits)
                consider(self._nearest[tuple(places.T)], everyone)
                reach /= 2.5
        return sources, distances

    def _respond(self, picture: Image, places: Places) -> Numbers:
        found = np.empty((len(places), self._basis.shape[1]), np.float32)

        def work(part: slice) -> None:
            found[part] = (_patches(picture, places[part]) - self._mean) @ self._basis

        each_band(len(places), work, rows=_AT_ONCE)
        return found

    def _distance(self, wanted: Numbers, places: Places) -> Numbers:
        apart = self._responses[tuple(places.T)] - wanted
        distance: Numbers = np.einsum("ij,ij->i", apart, apart)
        return distance


def _voted(
    hole: _Hole, picture: Image, sources: Places, distances: Numbers, *, sharp: bool = False
) -> Image:
    """Each px of the hole as what the patches that cover it say; similar ones count for more.

    `sharp` leaves it to the most similar ones: nothing is blurred by averaging.
    """
    usual = float(np.percentile(distances, 25 if sharp else 75)) + 1e-6
    likeness = np.exp(-np.minimum(distances / (2.0 * usual), _UNLIKE))
    trust = np.maximum(_FADING ** -hole.depth[tuple(hole.targets.T)], _LEAST_TRUST)
    weights = (likeness * trust)[:, None]
    total, count = (
        np.zeros(picture.shape, np.float32),
        np.full((*hole.mask.shape, 1), 1e-12, np.float32),
    )
    width, known = picture.shape[1], _flat(hole.picture)
    target, source = (_numbers(places, width) for places in (hole.targets, sources))
    for y, x in _AROUND:
        place = target + (y * width + x)
        near = weights * np.float32(np.exp(-(y**2 + x**2) / 2.0) if sharp else 1.0)
        _flat(total)[place] += near * known[source + (y * width + x)]
        _flat(count)[place] += near
    return np.where(hole.mask[..., None], total / count, hole.picture)


def _patches(image: Image, centers: Places) -> Image:
    """The px around each center, as one row each: place by place, all channels of a place."""
    width = image.shape[1]
    steps = np.array([y * width + x for y, x in _AROUND])
    around: Image = _flat(image)[_numbers(centers, width)[:, None] + steps]
    return around.reshape(len(centers), -1)


def _flat(image: Image) -> Image:
    """``[H * W, C]``, the same memory."""
    return image.reshape(-1, image.shape[2])


def _numbers(places: Places, width: int) -> Flat:
    """Where places lie in a flat picture ``[N]``."""
    numbers: Flat = places[:, 0] * width + places[:, 1]
    return numbers


def _half(image: Image) -> Image:
    height, width, _ = image.shape
    padded = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    half: Image = ski.measure.block_reduce(padded, (2, 2, 1), np.mean)
    return half.astype(np.float32)
