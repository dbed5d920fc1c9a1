"""Features of pictures from a dictionary of their own patches, without any learning.

Coates, Lee & Ng, "An analysis of single-layer networks in unsupervised feature learning", 2011;
random patches serve as the dictionary, as in Coates & Ng, "The importance of encoding versus
training with sparse coding and vector quantization", 2011.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from studio.core.image import Image
from studio.engine.doctor.check import Figures

_SIDE = 6  # px of a patch
_STRIDE = 2
_WORDS = 96
_THRESHOLD = 0.25  # similarity that a word must exceed to count
_CALM = 0.3  # added to a patch's contrast, so that noise in plain areas says nothing
_AT_ONCE = 32  # pictures
_CELLS = 6  # of the color layout, per side
_LAYOUT_WEIGHT = 0.1


def dictionary(pictures: Image, rng: np.random.Generator) -> Figures:
    """Lively patches from ``[N, S, S, C]`` as unit vectors, ``[96, 6 · 6 · C]``."""
    count, height, width = pictures.shape[:3]
    tries = 8 * _WORDS
    which = rng.integers(0, count, tries)
    rows, columns = (rng.integers(0, side - _SIDE + 1, tries) for side in (height, width))
    patches = np.stack(
        [
            pictures[i, y : y + _SIDE, x : x + _SIDE].ravel()
            for i, y, x in zip(which, rows, columns, strict=True)
        ]
    )
    patches -= patches.mean(axis=1, keepdims=True)
    contrast = np.linalg.norm(patches, axis=1)
    lively = rng.permutation(np.argsort(-contrast)[: tries // 2])[:_WORDS]
    words: Figures = patches[lively] / np.maximum(contrast[lively], 1e-6)[:, None]
    return words


def features(pictures: Image, words: Figures) -> Figures:
    """``[N, S, S, C]`` as ``[N, F]``: how much of each word is in all and in quarters; colors."""
    blocks = [
        _features(pictures[start : start + _AT_ONCE], words)
        for start in range(0, len(pictures), _AT_ONCE)
    ]
    return np.concatenate(blocks)


def _features(pictures: Image, words: Figures) -> Figures:
    found = _found(pictures, words)
    upper, lower = np.array_split(found, 2, axis=1)
    quarters = [half for row in (upper, lower) for half in np.array_split(row, 2, axis=2)]
    pooled = [area.mean(axis=(1, 2)) for area in (found, *quarters)]
    return np.concatenate([*pooled, _LAYOUT_WEIGHT * _layout(pictures)], axis=1)


def _found(pictures: Image, words: Figures) -> Figures:
    """How much of each word is at each place, ``[N, y, x, words]``."""
    windows = sliding_window_view(np.ascontiguousarray(pictures), (_SIDE, _SIDE), (1, 2))
    windows = windows[:, ::_STRIDE, ::_STRIDE].transpose(0, 1, 2, 4, 5, 3)
    patches = windows.reshape(*windows.shape[:3], -1)
    patches = patches - patches.mean(axis=3, keepdims=True)
    patches /= np.linalg.norm(patches, axis=3, keepdims=True) + _CALM
    found: Figures = np.maximum(0, patches @ words.T - _THRESHOLD)
    return found


def _layout(pictures: Image) -> Figures:
    """The mean color of each of 6 × 6 cells, ``[N, 36 · C]``."""
    rows = np.array_split(pictures, _CELLS, axis=1)
    cells = [cell for row in rows for cell in np.array_split(row, _CELLS, axis=2)]
    return np.concatenate([cell.mean(axis=(1, 2)) for cell in cells], axis=1)
