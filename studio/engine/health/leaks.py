"""Has the generator learned an augmentation along with the pictures?

The discriminator sees turned, mirrored, inverted and shifted pictures on purpose. A generator that
makes them too gives itself away: undo the change, and its picture is far nearer to the real ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from studio.engine.health.nearest import Gallery, Known, distances_to_others, strangers
from studio.engine.health.pixels import THUMBNAIL, Floats, Indices, flat, shrunk

Change = Callable[[Floats], Floats]

_DECISIVE = 0.85  # of the distance as it is; a blurred picture is about as near in many ways
_MOST = 2048  # training pictures that are compared with
_SHIFT = 1 / 8  # of a side: as far as augmentation shifts


def _inverted(batch: Floats) -> Floats:
    if batch.shape[3] != 4:
        return 1 - batch
    color, alpha = batch[..., :3], batch[..., 3:]
    return np.concatenate([alpha - color, alpha], axis=3)  # of premultiplied color


_CHANGES: Mapping[str, Change] = {
    "mirrored": lambda batch: batch[:, :, ::-1],
    "upside down": lambda batch: batch[:, ::-1],
    "turned around": lambda batch: batch[:, ::-1, ::-1],
    "inverted": _inverted,
}
_QUARTER_TURNS: Mapping[str, Change] = {
    "turned left": lambda batch: np.rot90(batch, -1, (1, 2)),
    "turned right": lambda batch: np.rot90(batch, 1, (1, 2)),
}


class Leak(NamedTuple):
    """The change that shows most, and its share of pictures beyond that of real ones."""

    share: float
    kind: str


class LeakDetector:
    """Compares samples' shares of pictures that look augmented with those of real pictures."""

    def __init__(self, gallery: Gallery, known: Known, *, mirrored: bool = False) -> None:
        """With `mirrored`, mirrored training pictures are real ones too, and no leak."""
        real = gallery.thumbnails[:_MOST]
        self._real = [real, real[:, :, ::-1]] if mirrored else [real]
        self._known = len(known.own)
        own = np.where(known.own < len(real), known.own, -1)
        self._usual = changed_shares(shrunk(known.views, THUMBNAIL), self._real, own)

    def worst(self, views: Floats) -> Leak:
        """The leak without what could be chance, one standard error."""
        count = len(views)
        shares = changed_shares(shrunk(views, THUMBNAIL), self._real, strangers(count))
        return max(Leak(self._beyond(share, kind, count), kind) for kind, share in shares.items())

    def _beyond(self, share: float, kind: str, count: int) -> float:
        usual = self._usual[kind]
        both = (share * count + usual * self._known) / (count + self._known)
        chance = math.sqrt(both * (1 - both) * (1 / count + 1 / self._known))
        return max(0.0, share - usual - chance)


def changed_shares(made: Floats, real: Sequence[Floats], own: Indices) -> dict[str, float]:
    """For each change, the share of thumbnails ``[N, h, w, C]`` that are nearer without it.

    Nearer to any of the sets in `real`; `own` as in `distances_to_others`, of each set. Real
    pictures have such shares too: only what is above theirs is a leak.
    """
    as_it_is = _DECISIVE * _nearest(made, real, own)
    turns = _QUARTER_TURNS if made.shape[1] == made.shape[2] else {}
    changes = {**_CHANGES, **turns}
    undone = {name: _nearest(change(made), real, own) for name, change in changes.items()}
    shifts = [shift for some in real for shift in _shifts(made, some)]
    undone["shifted"] = np.min([_nearest(shifted, [some], own) for shifted, some in shifts], axis=0)
    return {name: float((nearest < as_it_is).mean()) for name, nearest in undone.items()}


def _shifts(made: Floats, real: Floats) -> Iterator[tuple[Floats, Floats]]:
    """What both have in common if the made pictures are shifted: down, up, right, left."""
    for axis in (1, 2):
        a, b = made.swapaxes(1, axis), real.swapaxes(1, axis)
        by = max(1, round(a.shape[1] * _SHIFT))
        yield a[:, by:], b[:, :-by]
        yield a[:, :-by], b[:, by:]


def _nearest(made: Floats, real: Sequence[Floats], own: Indices) -> Floats:
    rows = flat(made)
    each = [distances_to_others(rows, flat(some), own).min(axis=1) for some in real]
    least: Floats = np.min(each, axis=0)
    return least
