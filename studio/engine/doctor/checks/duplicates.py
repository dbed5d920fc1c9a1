"""Near-duplicates: the same picture again, scaled, compressed, lightened or cropped a little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.image import LUMA, Pixels8
from studio.engine.api.doctor import Finding, Suspect
from studio.engine.doctor.check import THUMBNAIL, Album, Check, Figures, Measured, counted

_FREQUENCIES = 8  # in each direction
_BITS_APART = 12  # of 63; candidates only
_MOST_APART = 0.12  # of 1; in the worst hundredth of the cells, both ways
_OF_CONTRAST = 0.5  # or that share of the picture's standard deviation, where it is calm

Twins = dict[int, float]  # index of another picture: its score


def _judge(_album: Album, measured: Measured, control: RunControl) -> Iterable[Finding]:
    twins = _twins(measured.thumbnails, control)
    suspects = tuple(_clusters(twins, measured.sharpness))
    extra = sum(not item.best for item in suspects)
    if extra:
        yield Finding(
            "duplicates",
            f"{counted(extra, 'is', 'are')} nearly the same as another",
            "What is there twice is learned twice as hard, and copied sooner than understood.",
            suspects,
            "keep best",
            "nearly the same as another",
        )


def _clusters(twins: dict[int, Twins], sharpness: Figures) -> Iterator[Suspect]:
    """The sharpest picture gathers its twins, then the sharpest of the rest, and so on.

    So each picture that goes is like one that stays; a chain of small steps is no cluster.
    """
    taken: set[int] = set()
    group = 0
    for leader in sorted(twins, key=lambda index: -sharpness[index]):
        members = {i: score for i, score in twins[leader].items() if i not in taken}
        if leader in taken or not members:
            continue
        taken.update(members, (leader,))
        yield Suspect(leader, 0.0, group, best=True)
        for index, score in sorted(members.items(), key=lambda item: -item[1]):
            yield Suspect(index, score, group)
        group += 1


def _twins(thumbnails: Pixels8, control: RunControl) -> dict[int, Twins]:
    """For each picture that has any, the pictures that are nearly the same."""
    hashes = perceptual_hashes(thumbnails)
    twins: dict[int, Twins] = {}
    for index in range(len(hashes) - 1):
        control.check()
        bits = np.bitwise_count(hashes[index + 1 :] ^ hashes[index])
        near = np.flatnonzero(bits <= _BITS_APART) + index + 1
        if not near.size:
            continue
        for other, score in zip(near, _alike(thumbnails[index], thumbnails[near]), strict=True):
            if score > 1:
                twins.setdefault(index, {})[int(other)] = float(score)
                twins.setdefault(int(other), {})[index] = float(score)
    return twins


def perceptual_hashes(thumbnails: Pixels8) -> NDArray[np.uint64]:
    """One 64-bit word for each of ``[N, 32, 32, C]``: the signs of its lowest frequencies.

    Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010.
    """
    cells = np.arange(THUMBNAIL) + 0.5
    waves = np.cos(np.pi / THUMBNAIL * np.arange(_FREQUENCIES)[:, None] * cells)  # DCT-II
    words = [_hash(thumbnail, waves) for thumbnail in thumbnails]
    return np.array(words, np.uint64)


def _hash(thumbnail: Pixels8, waves: NDArray[np.float64]) -> np.uint64:
    spectrum = (waves @ (thumbnail[..., :3] @ LUMA) @ waves.T).ravel()[1:]  # without the mean
    bits = np.append(spectrum > np.median(spectrum), False)
    word: np.uint64 = np.packbits(bits).view(np.uint64)[0]
    return word


def _alike(first: Pixels8, others: Pixels8) -> Figures:
    """How surely ``[K, 32, 32, C]`` show the same as the first, ``[K]``; above 1 they do.

    Each cell may lie anywhere between the values around its place in the other picture: that
    forgives a crop or a shift of a cell, and no change of the motif.
    """
    one, many = _leveled(first[None]), _leveled(others)
    apart = np.maximum(_outside(one, many), _outside(many, one)).reshape(len(others), -1)
    worst = np.percentile(apart, 99, axis=1)
    limit = np.minimum(_MOST_APART, _OF_CONTRAST * many.std(axis=(1, 2, 3)))
    scores: Figures = limit / np.maximum(worst, 1e-3)
    return scores


def _leveled(thumbnails: Pixels8) -> Figures:
    """As 0 to 1, all of the same mean brightness."""
    values = thumbnails.astype(np.float32) / 255
    values[..., :3] += 0.5 - values[..., :3].mean(axis=(1, 2, 3), keepdims=True)
    return values


def _outside(values: Figures, range_of: Figures) -> Figures:
    """How far ``[N, S, S, C]`` lie outside what is around their places in `range_of`."""
    padded = np.pad(range_of, ((0, 0), (1, 1), (1, 1), (0, 0)), "edge")
    rows = [padded[:, shift : shift + THUMBNAIL] for shift in range(3)]
    low, high = np.minimum.reduce(rows), np.maximum.reduce(rows)
    low = np.minimum.reduce([low[:, :, shift : shift + THUMBNAIL] for shift in range(3)])
    high = np.maximum.reduce([high[:, :, shift : shift + THUMBNAIL] for shift in range(3)])
    outside: Figures = np.maximum(0, np.maximum(values - high, low - values)).max(axis=3)
    return outside


CHECK = Check("duplicates", _judge)
