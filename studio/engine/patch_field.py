"""For each place of a picture a place of an example whose surroundings look alike.

PatchMatch (Barnes et al. 2009) on the responses of convolutions, all places at once: good matches
spread to neighbors, random ones are tried, the best stays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from studio.core.control import RunControl

RADIUS = 3  # patches are 7 by 7 px
SIDE = 2 * RADIUS + 1
_FILTERS = 32
_SAMPLED = 4000  # patches that the filters are learned from
_CHUNK = 1 << 15  # places compared at a time: little enough for the cache of a core
_BAND = 128  # rows that are convolved at a time: memory
_LEAPS = (8, 4, 2, 1)  # px over which matches spread while little is known
_HOPS = (2, 1)
# What a place loses, of the mean distance, by being used as often as all others: without it, large
# parts are filled from few strokes.
_VARIETY = 0.02
_MOST_USE = 8.0  # what is used more often than this times its share is not shunned any more


class Example:
    """A picture ``[3, h, w]`` to copy from, and what its patches look like.

    The convolutions are learned from the picture alone: the 32 principal components of its
    patches. `usable` ``[h, w]`` says where it may be copied.
    """

    def __init__(self, picture: Tensor, usable: Tensor, generator: torch.Generator) -> None:
        self.picture = picture
        self.height, self.width = picture.shape[1:]
        sample = self._sampled(generator)
        self._mean = sample.mean(dim=0)
        components = torch.linalg.svd(sample - self._mean, full_matrices=False)[2][:_FILTERS]
        self._filters = components.reshape(len(components), 3, SIDE, SIDE)
        self._offset = -(components @ self._mean)
        self.responses = self.respond(picture)
        self.shunned = _whole_patches(usable).logical_not().float().flatten() * 1e6

    def respond(self, picture: Tensor) -> Tensor:
        """What the convolutions say of each place of a picture: ``[H * W, filters]``."""
        height, width = picture.shape[1:]
        padded = functional.pad(picture[None], (RADIUS,) * 4, mode="reflect")
        responses = torch.empty(height, width, len(self._filters))
        for top in range(0, height, _BAND):
            band = padded[:, :, top : top + _BAND + 2 * RADIUS]
            found = functional.conv2d(band, self._filters, self._offset)[0]
            responses[top : top + _BAND] = found.permute(1, 2, 0)
        return responses.flatten(0, 1)

    def _sampled(self, generator: torch.Generator) -> Tensor:
        """Some patches ``[N, 3 * 7 * 7]``."""
        top = torch.randint(self.height - SIDE + 1, (_SAMPLED, 1, 1), generator=generator)
        left = torch.randint(self.width - SIDE + 1, (_SAMPLED, 1, 1), generator=generator)
        reach = torch.arange(SIDE)
        patches = self.picture[:, top + reach[:, None], left + reach]  # [3, N, 7, 7]
        return patches.transpose(0, 1).flatten(1)

    def growth_since(self, smaller: Example) -> tuple[float, float]:
        """How much taller and wider it is than another."""
        return self.height / smaller.height, self.width / smaller.width

    def index(self, rows: Tensor, columns: Tensor) -> Tensor:
        """Places as one number; those whose patch would reach over the edge come inside."""
        row = rows.clamp(RADIUS, self.height - 1 - RADIUS)
        return row * self.width + columns.clamp(RADIUS, self.width - 1 - RADIUS)


@dataclass(frozen=True)
class PatchField:
    """`rows` and `columns` ``[H, W]`` say which place of the example each place is like."""

    rows: Tensor
    columns: Tensor

    @classmethod
    def scattered(
        cls, example: Example, size: tuple[int, int], generator: torch.Generator
    ) -> PatchField:
        """Any place of the example for each place of a picture of `size` (height, width)."""
        rows = torch.randint(example.height, size, generator=generator)
        return cls(rows, torch.randint(example.width, size, generator=generator))

    def enlarged(self, size: tuple[int, int], growth: tuple[float, float]) -> PatchField:
        """The same for a larger picture, and an example whose sides grew by `growth`."""
        rows, inner_rows = _places(self.rows.shape[0], size[0])
        columns, inner_columns = _places(self.rows.shape[1], size[1])
        at = (rows[:, None], columns)
        return PatchField(
            (self.rows[at] * growth[0]).round().long() + inner_rows[:, None],
            (self.columns[at] * growth[1]).round().long() + inner_columns,
        )

    def part(self, rows: slice, columns: slice) -> PatchField:
        return PatchField(self.rows[rows, columns], self.columns[rows, columns])

    def put(self, part: PatchField, row: int, column: int) -> None:
        """Write a part over this field, in place."""
        height, width = part.rows.shape
        at = (slice(row, row + height), slice(column, column + width))
        self.rows[at], self.columns[at] = part.rows, part.columns

    def neighbors(self, dy: int, dx: int) -> tuple[Tensor, Tensor]:
        """Where each place would come from, if it went on from the one `dy`, `dx` before it."""
        rows, row_steps = _before(self.rows.shape[0], dy)
        columns, column_steps = _before(self.rows.shape[1], dx)
        at = (rows[:, None], columns)
        return self.rows[at] + row_steps[:, None], self.columns[at] + column_steps

    def improved(
        self,
        picture: Tensor,
        example: Example,
        generator: torch.Generator,
        control: RunControl,
        rounds: int,
    ) -> PatchField:
        """A better field for ``picture [3, H, W]``.

        Raises:
            Cancelled: `control` asked for it.
        """
        search = _Search(self, picture, example)
        for number in range(rounds):
            for step in _LEAPS if number == 0 else _HOPS:
                for dy, dx in ((0, step), (0, -step), (step, 0), (-step, 0)):
                    control.check()
                    search.consider(example.index(*search.field.neighbors(dy, dx)))
            reach = float(max(example.height, example.width))
            while reach >= 1.0:
                control.check()
                search.consider(example.index(*_shaken(search.field, reach, generator)))
                reach /= 3.0
            search.count_uses()
        return search.field

    def painted(self, example: Example, blur: float) -> Tensor:
        """The picture ``[3, H, W]`` that the patches make where they overlap.

        Each counts as a Gaussian around its middle, of `blur` px.
        """
        source = example.picture.flatten(1)
        total = torch.zeros(3, *self.rows.shape)
        weights = 0.0
        for dy in range(-RADIUS, RADIUS + 1):
            for dx in range(-RADIUS, RADIUS + 1):
                weight = math.exp(-(dy * dy + dx * dx) / (2.0 * blur * blur))
                if weight > 0.01:
                    rows, columns = self.neighbors(dy, dx)
                    rows = rows.clamp(0, example.height - 1)
                    index = rows * example.width + columns.clamp(0, example.width - 1)
                    total += weight * source[:, index]
                    weights += weight
        return total / weights


class _Search:
    """The best place known for each place, and what it costs."""

    def __init__(self, field: PatchField, picture: Tensor, example: Example) -> None:
        self._example = example
        self._shape = field.rows.shape
        self._wanted = example.respond(picture)
        self._index = example.index(field.rows, field.columns).flatten()
        self._dear = _VARIETY * float(self._distances().mean())
        self.count_uses()

    @property
    def field(self) -> PatchField:
        index = self._index.view(self._shape)
        width = self._example.width
        return PatchField(index // width, index % width)

    def consider(self, candidates: Tensor) -> None:
        """Take each of the candidates ``[H, W]`` that is better than what there is."""
        flat = candidates.flatten()
        new = (flat != self._index).nonzero()[:, 0]
        for places in torch.split(new, _CHUNK):
            proposed = flat[places]
            cost = self._distance(places, proposed) + self._penalty[proposed]
            better = cost < self._cost[places]
            self._cost[places[better]] = cost[better]
            self._index[places[better]] = proposed[better]

    def count_uses(self) -> None:
        """What is used more than other places becomes dearer."""
        height, width = self._example.height, self._example.width
        uses = torch.bincount(self._index, minlength=height * width).float()
        smooth = functional.avg_pool2d(
            uses.view(1, 1, height, width), SIDE, 1, RADIUS, count_include_pad=False
        )
        relative = smooth.flatten() * (height * width / len(self._index))
        self._penalty = self._dear * relative.clamp(max=_MOST_USE) + self._example.shunned
        self._cost = self._distances() + self._penalty[self._index]

    def _distances(self) -> Tensor:
        """From each place to what it is like."""
        chunks = torch.split(torch.arange(len(self._index)), _CHUNK)
        return torch.cat([self._distance(places, self._index[places]) for places in chunks])

    def _distance(self, places: Tensor, candidates: Tensor) -> Tensor:
        apart = self._wanted[places] - self._example.responses[candidates]
        return apart.square().sum(dim=1)


def _shaken(field: PatchField, reach: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Places at random, at most `reach` px from those of the field."""

    def step() -> Tensor:
        return ((torch.rand(field.rows.shape, generator=generator) * 2 - 1) * reach).round().long()

    return field.rows + step(), field.columns + step()


def _places(old: int, new: int) -> tuple[Tensor, Tensor]:
    """For each of `new` places the one of `old` that it lies in, and how far inside it."""
    at = torch.arange(new) * old
    return at // new, at % new // old


def _before(length: int, step: int) -> tuple[Tensor, Tensor]:
    """The places `step` before each, inside, and how far it is from there to it."""
    here = torch.arange(length)
    there = (here - step).clamp(0, length - 1)
    return there, here - there


def _whole_patches(usable: Tensor) -> Tensor:
    """Where the whole patch is usable."""
    bad = functional.pad(1.0 - usable.float()[None], (RADIUS,) * 4, mode="replicate")
    return functional.max_pool2d(bad, SIDE, 1)[0] == 0.0
