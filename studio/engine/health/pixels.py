"""Many pictures at once, and the reduced copies of them on which health is measured."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.intp]
Flags: TypeAlias = NDArray[np.bool_]

# ``uint8 [N, H, W, C]``, or the same in float32 as *Images* are; straight alpha. May be memmapped.
Pictures: TypeAlias = NDArray[Any]

VIEW = 64  # px; all but the sliced Wasserstein distance is measured on copies of this size,
GLANCE = 32  # px; SSIM of near pictures on these,
THUMBNAIL = 16  # px; and distances between pictures on these

_CHUNK = 1 << 22  # values decoded at once: 16 MB of float32


def some_of(
    pictures: Pictures, count: int, rng: np.random.Generator, *, mirrored: bool = False
) -> Pictures:
    """`count` pictures, or all if there are fewer, drawn without repetition.

    With `mirrored`, from twice as many: each picture, and each with left and right exchanged.
    """
    turned, chosen = np.divmod(
        choice(len(pictures) * (2 if mirrored else 1), count, rng), len(pictures)
    )
    some = pictures[chosen]  # a copy
    some[turned == 1] = some[turned == 1][:, :, ::-1]
    return some


def choice(total: int, count: int, rng: np.random.Generator) -> Indices:
    """Up to `count` different numbers below `total`, ascending."""
    return np.sort(rng.permutation(total)[:count])


def chunks(pictures: Pictures, chosen: Indices | None = None) -> Iterator[Floats]:
    """The pictures, or those chosen, in order and a few at a time.

    As ``float32 [n, H, W, C]`` in [0, 1], premultiplied; values that are not finite become 0.
    """
    step = max(1, _CHUNK // max(1, pictures[0].size)) if len(pictures) else 1
    total = len(pictures) if chosen is None else len(chosen)
    for start in range(0, total, step):
        part = slice(start, start + step)
        yield _premultiplied(_as_floats(pictures[part if chosen is None else chosen[part]]))


def _as_floats(pictures: Pictures) -> Floats:
    if pictures.dtype == np.uint8:
        return pictures.astype(np.float32) / np.float32(255)
    finite: Floats = np.nan_to_num(pictures.astype(np.float32, copy=False))
    return finite.clip(0.0, 1.0)


def _premultiplied(batch: Floats) -> Floats:
    if batch.shape[3] == 4:
        batch[..., :3] *= batch[..., 3:]
    return batch


def reduced(pictures: Pictures, side: int, chosen: Indices | None = None) -> Floats:
    """Each picture, or each chosen one, premultiplied and `shrunk`."""
    return np.concatenate([shrunk(batch, side) for batch in chunks(pictures, chosen)])


def shrunk(batch: Floats, side: int) -> Floats:
    """``[N, H, W, C]`` as ``[N, h, w, C]``, area by area, no side longer than `side` px.

    In steps of halves it gives the same as at once.
    """
    rows, columns = (areas(length, min(side, length)) for length in batch.shape[1:3])
    planes = rows @ batch.transpose(0, 3, 1, 2) @ columns.T  # [N, C, h, w]
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1))


@lru_cache(maxsize=32)
def areas(length: int, count: int) -> Floats:
    """``[count, length]``: the mean over each of `count` equal parts of `length` px."""
    edges = np.linspace(0, length, count + 1)
    pixels = np.arange(length)
    covered = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    shares: Floats = (covered.clip(0) * count / length).astype(np.float32)
    return shares


def flat(batch: Floats) -> Floats:
    """``[N, ...]`` as ``[N, D]``."""
    rows: Floats = batch.reshape(len(batch), -1)
    return rows


def distances(a: Floats, b: Floats) -> Floats:
    """``[len(a), len(b)]``: the Euclidean distance of each row to each, per value (rms)."""
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    between: Floats = np.sqrt(np.maximum(squares, 0) / a.shape[1])
    return between
