"""Many pictures at once, and the reduced copies of them on which health is measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.intp]

# ``uint8 [N, H, W, C]``, or the same in float32 as *Images* are; straight alpha. May be memmapped.
Pictures: TypeAlias = NDArray[Any]

THUMBNAIL = 16  # px; what distances between pictures are measured on

_CHUNK = 1 << 22  # values decoded at once: 16 MB of float32


def some_of(pictures: Pictures, count: int, rng: np.random.Generator) -> Pictures:
    """`count` pictures, or all if there are fewer, drawn without repetition."""
    return pictures[choice(len(pictures), count, rng)]


def choice(total: int, count: int, rng: np.random.Generator) -> Indices:
    """Up to `count` different numbers below `total`, ascending."""
    return np.sort(rng.permutation(total)[:count])


def chunks(pictures: Pictures) -> Iterator[Floats]:
    """The pictures in order as ``float32 [n, H, W, C]`` in [0, 1], premultiplied, a few at a time.

    Values that are not finite become 0.
    """
    step = max(1, _CHUNK // max(1, pictures[0].size)) if len(pictures) else 1
    for start in range(0, len(pictures), step):
        yield _premultiplied(_as_floats(pictures[start : start + step]))


def _as_floats(pictures: Pictures) -> Floats:
    if pictures.dtype == np.uint8:
        return pictures.astype(np.float32) / np.float32(255)
    finite: Floats = np.nan_to_num(pictures.astype(np.float32, copy=False))
    return finite.clip(0.0, 1.0)


def _premultiplied(batch: Floats) -> Floats:
    if batch.shape[3] == 4:
        batch[..., :3] *= batch[..., 3:]
    return batch


def reduced(pictures: Pictures, side: int) -> Floats:
    """Each picture as ``[h, w, C]``, area by area, no side longer than `side` px."""
    _, height, width, _ = pictures.shape
    rows, columns = _areas(height, min(side, height)), _areas(width, min(side, width))
    return np.concatenate([_along_sides(rows, batch, columns) for batch in chunks(pictures)])


def _areas(length: int, count: int) -> Floats:
    """``[count, length]``: the mean over each of `count` equal parts of `length` px."""
    edges = np.linspace(0, length, count + 1)
    pixels = np.arange(length)
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    areas: Floats = (covered.clip(0) * count / length).astype(np.float32)
    return areas


def _along_sides(rows: Floats, batch: Floats, columns: Floats) -> Floats:
    """``[N, H, W, C]`` with `rows [h, H]` applied down and `columns [w, W]` across."""
    planes = rows @ batch.transpose(0, 3, 1, 2) @ columns.T  # [N, C, h, w]
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1))


def flat(batch: Floats) -> Floats:
    """``[N, ...]`` as ``[N, D]``."""
    rows: Floats = batch.reshape(len(batch), -1)
    return rows


def distances(a: Floats, b: Floats) -> Floats:
    """``[len(a), len(b)]``: the Euclidean distance of each row to each, per value (rms)."""
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    between: Floats = np.sqrt(np.maximum(squares, 0) / a.shape[1])
    return between
