"""Which changes give more pictures of the same kind, measured instead of guessed.

A classifier two-sample test (Lopez-Paz & Oquab 2017): a small classifier learns to tell changed
copies from the originals, and is asked about pictures that it has not seen. Where it can only
guess, the changed copies might as well be pictures of the set.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.core.control import RunControl
from studio.core.image import Image
from studio.engine.api.doctor import Advice
from studio.engine.doctor.changes import CHANGES, Change
from studio.engine.doctor.check import Album, Figures
from studio.engine.doctor.patches import dictionary, features

MOST = 400  # pictures that are asked about; more would say the same more exactly
_FEWEST = 10  # below this the classifier learns nothing at all
_SIDE = 80  # px; halved after the change, so that resampling leaves no traces to tell by
_RIM = 10  # px that are cut off, so that what a change does at the rim is not seen
_FOLDS = 5
_RIDGE = 0.03  # of the mean squared length of the features
_SAFE, _UNSAFE = 0.65, 0.55  # surely below, surely above: shares that are told apart


def advise(album: Album, control: RunControl) -> Iterator[Advice]:
    """One piece of advice for each change.

    Raises:
        Cancelled: `control` was cancelled.
    """
    if len(album) < _FEWEST:
        return
    pictures = _pictures(album, control)
    originals = _core(pictures)
    words = dictionary(originals, np.random.default_rng(0))
    known = features(originals, words)
    for change in CHANGES:
        shares = []
        for variant in change.variants:
            control.check()
            shares.append(told_apart(known, features(_core(variant(pictures)), words)))
        yield _advice(change, float(np.mean(shares)), len(pictures))


def told_apart(originals: Figures, copies: Figures) -> float:
    """How many of the held-out rows of two ``[N, F]`` ridge regression sorts right, as a share.

    A picture and its copy are held out together, and with their neighbours, which are often
    from the same series.
    """
    count = len(originals)
    rows = np.concatenate([originals, copies])
    rows = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-6)
    products = rows @ rows.T / rows.shape[1]
    truth = np.repeat(np.array([1.0, -1.0]), count)
    ridge = _RIDGE * np.trace(products) / len(products) * np.eye(len(products))
    right = []
    for held_out in np.array_split(np.arange(count), _FOLDS):
        asked = np.concatenate([held_out, held_out + count])
        shown = np.delete(np.arange(2 * count), asked)
        kernel = (products + ridge)[np.ix_(shown, shown)]
        weights = np.linalg.solve(kernel, truth[shown])
        agreement = products[np.ix_(asked, shown)] @ weights * truth[asked]
        right.append((agreement > 0) + 0.5 * (agreement == 0))
    return float(np.concatenate(right).mean())


def _advice(change: Change, share: float, count: int) -> Advice:
    margin = 1.96 * (0.25 / count) ** 0.5  # a picture and its copy are not independent: one draw
    safe = _verdict(share, margin)
    told = f"A small classifier told such copies from your images {share:.0%} of the time"
    if safe is None:
        sentence = f"Too few images to tell. {told}, give or take {margin:.0%}."
    elif safe:
        sentence = f"Gives more images of the same kind. {told}; guessing gives 50%."
    else:
        sentence = f"Better not: {change.leak}. {told}."
    return Advice(change.id, change.title, safe, share, margin, sentence)


def _verdict(share: float, margin: float) -> bool | None:
    if share - margin > _UNSAFE:
        return False
    return True if max(share, 0.5) + margin < _SAFE else None


def _pictures(album: Album, control: RunControl) -> Image:
    """At most `MOST` of the album, evenly taken, ``[N, 80, 80, 3 or 4]``."""
    chosen = np.unique(np.linspace(0, len(album) - 1, MOST).astype(int))
    pictures = []
    for index in chosen:
        control.check()
        pictures.append(album.look(index).small(_SIDE))
    return np.stack(pictures)


def _core(pictures: Image) -> Image:
    """Without the rim, at half the size."""
    inner = pictures[:, _RIM:-_RIM, _RIM:-_RIM]
    count, height, width, channels = inner.shape
    cells: Image = inner.reshape(count, height // 2, 2, width // 2, 2, channels)
    halved: Image = cells.mean(axis=(2, 4))
    return halved
