"""More of a texture in any size, on request seamless: pieces of it, sewn where they differ least.

Image quilting (Efros & Freeman 2001) on a torus: the last pieces also fit the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from studio.core.control import RunControl
from studio.core.image import Image, split_alpha, to_rgba
from studio.core.oklab import to_oklab
from studio.core.seams import beyond_cut
from studio.engine.api.art import Painted, TextureSettings
from studio.errors import StudioError

_OVERLAP = 0.3  # of a piece's side
_LEAST_PIECE = 8  # px
_TOLERANCE = 0.1  # over the cost of the best piece: one of those that fit is taken at random
_FEWEST = 3  # good places to choose from
_BOREDOM = 1.0  # how much dearer a place becomes with each piece that was taken from around it

_Weights = NDArray[np.float32]


@dataclass(frozen=True)
class _Span:
    """A piece along one axis: where it begins, how long it is, and its overlaps with others."""

    start: int
    length: int
    before: int
    after: int


def grow_texture(
    example: Image, settings: TextureSettings, control: RunControl
) -> Iterator[Painted]:
    """See `studio.engine.api.Engine.grow_texture`."""
    color, alpha = split_alpha(to_rgba(example))
    assert alpha is not None
    piece = round(settings.piece * min(color.shape[:2]))
    if piece < _LEAST_PIECE:
        raise _too_little()
    rows = _spans(settings.height, piece, wrap=settings.tileable)
    columns = _spans(settings.width, piece, wrap=settings.tileable)
    quilt = _Quilt(color, alpha, rows, columns, np.random.default_rng(settings.seed))
    for number, row in enumerate(rows, start=1):
        for column in columns:
            control.check()
            quilt.sew(row, column)
        picture = quilt.picture[: settings.height, : settings.width]
        yield Painted(picture.copy(), number / len(rows))


def _spans(length: int, piece: int, *, wrap: bool) -> list[_Span]:
    """Pieces that cover `length`; on a torus the last one overlaps with the first."""
    overlap = max(2, round(piece * _OVERLAP))
    count = max(2 if wrap else 1, -(-length // (piece - overlap)))
    starts = [round(i * length / count) for i in range(count)] + [length]
    return [
        _Span(
            starts[i],
            starts[i + 1] - starts[i] + overlap,
            overlap if i else 0,
            overlap if wrap and i == count - 1 else 0,
        )
        for i in range(count)
    ]


class _Quilt:
    """What is sewn so far, on a torus just large enough."""

    def __init__(
        self,
        color: Image,
        alpha: Image,
        rows: list[_Span],
        columns: list[_Span],
        rng: np.random.Generator,
    ) -> None:
        self._color, self._lab, self._rng = color, to_oklab(color), rng
        hidden = (alpha[..., 0] < 0.99).astype(np.float32)
        size = _extent(rows), _extent(columns)
        self.picture = np.zeros((*size, 3), np.float32)
        self._sewn_lab = np.zeros((*size, 3), np.float32)
        self._known = np.zeros(size, np.float32)
        self._uses = np.zeros(color.shape[:2], np.float32)
        self._correlate = _Correlation(self._lab, hidden)

    def sew(self, row: _Span, column: _Span) -> None:
        """Put the best piece there."""
        ys = (row.start + np.arange(row.length)) % self._known.shape[0]
        xs = (column.start + np.arange(column.length)) % self._known.shape[1]
        at = np.ix_(ys, xs)
        known, there = self._known[at], self._sewn_lab[at]
        y, x = self._choose(known, there)
        part = (slice(y, y + row.length), slice(x, x + column.length))
        apart = ((self._lab[part] - there) ** 2).sum(axis=2) * known
        new = _cut(apart, row, column)[..., None] | (known == 0.0)[..., None]
        self.picture[at] = np.where(new, self._color[part], self.picture[at])
        self._sewn_lab[at] = np.where(new, self._lab[part], there)
        self._known[at] = 1.0

    def _choose(self, known: _Weights, there: Image) -> tuple[int, int]:
        costs, hidden = self._correlate.costs(known, there)
        usable = np.flatnonzero(hidden.ravel() < 0.5)
        if not len(usable):
            raise _too_little()
        uses = self._uses[: costs.shape[0], : costs.shape[1]]
        cost = (np.maximum(costs, 1e-3) * (1.0 + _BOREDOM * uses)).ravel()[usable]
        few = min(_FEWEST, len(cost)) - 1
        limit = max(float(cost.min()) * (1.0 + _TOLERANCE), float(np.partition(cost, few)[few]))
        chosen = int(self._rng.choice(usable[cost <= limit]))
        y, x = divmod(chosen, costs.shape[1])
        near_y, near_x = (side // 2 for side in known.shape)
        self._uses[max(0, y - near_y) : y + near_y, max(0, x - near_x) : x + near_x] += 1.0
        return y, x


class _Correlation:
    """Squared differences of a window to every place of the example, by Fourier transforms."""

    def __init__(self, lab: Image, hidden: _Weights) -> None:
        self._size = lab.shape[:2]
        self._shape = tuple(scipy.fft.next_fast_len(side, real=True) for side in self._size)
        self._planes = [self._transformed(lab[..., channel]) for channel in range(3)]
        self._squares = self._transformed((lab**2).sum(axis=2))
        self._hidden = self._transformed(hidden)

    def costs(self, weights: _Weights, window: Image) -> tuple[_Weights, _Weights]:
        """For each place where the whole window fits: the weighted distance, and what is hidden."""
        total = self._squares * self._transformed(weights).conj()
        for channel, plane in enumerate(self._planes):
            total -= 2.0 * plane * self._transformed(weights * window[..., channel]).conj()
        hidden = self._hidden * self._transformed(np.ones_like(weights)).conj()
        constant = float((weights[..., None] * window**2).sum())
        return self._back(total, weights) + constant, self._back(hidden, weights)

    def _transformed(self, plane: _Weights) -> NDArray[np.complex64]:
        spectrum: NDArray[np.complex64] = scipy.fft.rfft2(plane, self._shape)
        return spectrum

    def _back(self, spectrum: NDArray[np.complex64], window: _Weights) -> _Weights:
        height, width = (s - w + 1 for s, w in zip(self._size, window.shape, strict=True))
        plane: _Weights = scipy.fft.irfft2(spectrum, self._shape)[:height, :width]
        return plane


def _cut(apart: _Weights, row: _Span, column: _Span) -> NDArray[np.bool_]:
    """Where the new piece shows: inside of the cheapest cuts through its overlaps."""
    new = np.ones(apart.shape, bool)
    if column.before:
        new[:, : column.before] &= beyond_cut(apart[:, : column.before])
    if column.after:
        new[:, -column.after :] &= beyond_cut(apart[:, : -column.after - 1 : -1])[:, ::-1]
    if row.before:
        new[: row.before] &= beyond_cut(apart[: row.before].T).T
    if row.after:
        new[-row.after :] &= beyond_cut(apart[: -row.after - 1 : -1].T).T[::-1]
    return new


def _extent(spans: list[_Span]) -> int:
    last = spans[-1]
    return last.start + last.length - last.after


def _too_little() -> StudioError:
    return StudioError(
        "There is too little of the texture to take pieces from.",
        "Choose a larger picture without transparency, or smaller pieces.",
    )
