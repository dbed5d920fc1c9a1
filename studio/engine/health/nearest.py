"""The training picture that is nearest to each sample, and whether the sample is a copy of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from studio.engine.health.pixels import (
    GLANCE,
    THUMBNAIL,
    VIEW,
    Flags,
    Floats,
    Indices,
    Pictures,
    choice,
    distances,
    flat,
    reduced,
    shrunk,
)
from studio.engine.health.report import Nearest
from studio.engine.health.similarity import similarity

MOST_IN_GALLERY = (
    8192  # training pictures that are looked at: of more, it is unlikely that one is copied
)
_CANDIDATES = 8
_LEAST_KNOWN = 256
_STRIP = 1024  # rows of distances at a time: bounds the memory
_LEAST_SPACING = 0.1  # of the median: twins in the training set must not make copies look new
_RARE = 0.01  # share of real pictures that may pass as copies


def distances_to_others(rows: Floats, real: Floats, own: Indices) -> Floats:
    """`distances` where row i is real picture ``own[i]`` itself, which is infinitely far then.

    -1 where it is none of them.
    """
    between = distances(rows, real)
    known = np.flatnonzero(own >= 0)
    between[known, own[known]] = np.inf
    return between


def strangers(count: int) -> Indices:
    """The `own` of pictures that are none of the real ones."""
    return np.full(count, -1, np.intp)


class Gallery:
    """Training pictures in which the nearest one is looked up; at least four.

    The score is the novelty of a picture: its distance to the nearest one over the distance of
    that one to its own nearest neighbor (the measure behind authenticity, Alaa et al. 2022). About
    1 is what new pictures have, 0 is a copy, whether the neighborhood is crowded or empty.
    """

    def __init__(self, training: Pictures, rng: np.random.Generator) -> None:
        self.indices = choice(
            len(training), MOST_IN_GALLERY, rng
        )  # of the training pictures in here
        glances = reduced(training, GLANCE, self.indices)
        self.thumbnails = shrunk(glances, THUMBNAIL)
        self._glances = glances.astype(np.float16)
        self._rows = flat(self.thumbnails)
        self._neighbors, self._gaps = self._two_neighbors()
        self._gaps = np.maximum(self._gaps, _LEAST_SPACING * np.median(self._gaps[:, 0]))

    def novelty(self, views: Floats, own: Indices) -> tuple[Indices, Floats]:
        """Index of the nearest training picture and the novelty, of each; `own` as above.

        Of the few that are nearest by color and place, the one of the most similar structure.
        """
        rows = flat(shrunk(views, THUMBNAIL))
        between = distances_to_others(rows, self._rows, own)
        count = min(_CANDIDATES, len(self._rows) - 1)
        nearest = np.argpartition(between, count - 1, axis=1)[:, :count]
        found = self._most_similar(shrunk(views, GLANCE), nearest)
        first, second = self._gaps[found].T
        gaps = np.where(self._neighbors[found, 0] == own, second, first)
        novelty: Floats = between[np.arange(len(found)), found] / np.maximum(gaps, 1e-6)
        return found, novelty

    def _most_similar(self, glances: Floats, candidates: Indices) -> Indices:
        scores = [similarity(glances, self._glances[c].astype(np.float32)) for c in candidates.T]
        best = np.argmax(scores, axis=0)
        chosen: Indices = candidates[np.arange(len(candidates)), best]
        return chosen

    def _two_neighbors(self) -> tuple[Indices, Floats]:
        """Of each picture the two nearest others: indices ``[N, 2]`` and distances ``[N, 2]``."""
        own = np.arange(len(self._rows))
        parts = []
        for start in range(0, len(own), _STRIP):
            mine = own[start : start + _STRIP]
            between = distances_to_others(self._rows[mine], self._rows, mine)
            two = np.argpartition(between, (0, 1), axis=1)[:, :2]
            parts.append((two, np.take_along_axis(between, two, axis=1)))
        indices, gaps = zip(*parts, strict=True)
        return np.concatenate(indices), np.concatenate(gaps)


class Known(NamedTuple):
    """Real pictures that nobody copied; `own` says which of a gallery's they are."""

    views: Floats
    own: Indices

    @classmethod
    def of(
        cls, training: Pictures, held_out: Pictures, gallery: Gallery, rng: np.random.Generator
    ) -> Known:
        """The held-out pictures, and 256 of the gallery's, or as many as are held out."""
        own = choice(len(gallery.indices), max(_LEAST_KNOWN, len(held_out)), rng)
        views = reduced(training, VIEW, gallery.indices[own])
        if not len(held_out):
            return cls(views, own)
        unseen = reduced(held_out, VIEW)
        return cls(np.concatenate([unseen, views]), np.concatenate([strangers(len(unseen)), own]))


class CopyDetector:
    """Says “copy” of a sample where it would of one in a hundred real pictures.

    With `mirrored`, samples are held against mirrored training pictures as well.
    """

    def __init__(self, gallery: Gallery, known: Known, *, mirrored: bool = False) -> None:
        self._gallery = gallery
        self._mirrored = mirrored
        usual = self._novelty(*known)[1]
        self._usual, self._limit = float(np.median(usual)), float(np.quantile(usual, _RARE))

    @classmethod
    def of(
        cls,
        training: Pictures,
        held_out: Pictures,
        rng: np.random.Generator,
        *,
        mirrored: bool = False,
    ) -> CopyDetector:
        """A detector of copies of `training`, at least four; `held_out` may be empty."""
        gallery = Gallery(training, rng)
        known = Known.of(training, held_out, gallery, rng)
        return cls(gallery, known, mirrored=mirrored)

    def nearest(self, views: Floats) -> list[Nearest]:
        found, novelty, flipped = self._novelty(views, strangers(len(views)))
        return [
            Nearest(int(index), float(value) / self._usual, bool(value < self._limit), bool(flip))
            for index, value, flip in zip(
                self._gallery.indices[found], novelty, flipped, strict=True
            )
        ]

    def _novelty(self, views: Floats, own: Indices) -> tuple[Indices, Floats, Flags]:
        """`Gallery.novelty`, and of which views the nearest picture is a mirrored one.

        A view beside a mirrored picture is the mirrored view beside the picture.
        """
        found, novelty = self._gallery.novelty(views, own)
        if not self._mirrored:
            return found, novelty, np.zeros(len(found), bool)
        other, turned = self._gallery.novelty(views[:, :, ::-1], own)
        flipped = turned < novelty
        return np.where(flipped, other, found), np.minimum(turned, novelty), flipped
