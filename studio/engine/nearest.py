"""Which of a dataset's pictures others are nearest to, and whether they are copies of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from studio.core.image import Image
from studio.engine.api import DatasetInfo, open_dataset, read_dataset
from studio.engine.batches import Batches, evenly
from studio.engine.family import Shape
from studio.engine.health.nearest import MOST_IN_GALLERY, CopyDetector
from studio.engine.health.pixels import VIEW, reduced
from studio.engine.health.report import Nearest
from studio.engine.pictures import to_batch, to_images
from studio.engine.setup import split
from studio.errors import StudioError

_FEWEST = 4  # training pictures that have to be there to say what is usual among them


class _Known(NamedTuple):
    """What is known of a dataset: `places` are those of the detector's pictures in it."""

    detector: CopyDetector
    places: list[int]
    shape: Shape


def nearest_in(dataset: Path, pictures: Sequence[Image]) -> list[Nearest]:
    """See `studio.engine.api.Engine.nearest`. What is known of the last dataset is kept.

    Mirrored ones are looked at whether or not a training mirrored them: a mirrored copy is one too.
    """
    known = _known(dataset, read_dataset(dataset).fingerprint)
    alike = np.stack([to_images(to_batch(picture, known.shape))[0] for picture in pictures])
    found = known.detector.nearest(reduced(alike, VIEW))
    return [replace(item, index=known.places[item.index]) for item in found]


@lru_cache(maxsize=1)
def _known(dataset: Path, _fingerprint: str) -> _Known:
    info, pixels = open_dataset(dataset)
    training, held_out = split(info.count)
    if len(training) < _FEWEST:
        raise StudioError("There are too few pictures to compare with.", "Add some of their kind.")
    training = evenly(training, MOST_IN_GALLERY)
    batches = Batches(pixels, training, 0, _reduction(info))
    small = batches.pixels_of(training)
    unseen = batches.pixels_of(held_out) if len(held_out) else small[:0]
    detector = CopyDetector.of(small, unseen, np.random.default_rng(0), mirrored=True)
    return _Known(detector, training.tolist(), Shape(*small.shape[1:]))


def _reduction(info: DatasetInfo) -> int:
    """How many px of the dataset's become one: powers of two, no side below `VIEW` for it."""
    reduce = 1
    while min(info.height, info.width) >= 2 * reduce * VIEW:
        reduce *= 2
    return reduce
