"""One step of training: all phases on one batch, with fewer pictures at a time if memory runs out.

The batch is worked through in micro batches, each with random numbers of its own: it makes no
difference which process of a team works on which. The first step includes the penalties, which need
the most memory, so it is also the probe that finds how many pictures fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from studio.engine.batches import Batch
from studio.engine.distributed import Team
from studio.engine.family import ModelFamily, Phase, StepContext
from studio.engine.machine import free_unused_memory, is_out_of_memory, mixed_precision
from studio.engine.state import TrainingState
from studio.errors import StudioError

_SEEDS = 2**62  # so many to choose from


class Meters:
    """Mean values of the losses since they were last read; kept on the device until then."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, float] = {}

    def add(self, parts: Mapping[str, Tensor], total: Tensor, share: float) -> None:
        """Count a micro batch that is `share` of its batch; the total goes under no name."""
        for name, value in {**parts, "": total}.items():
            counted = value.detach().float() * share
            self._sums[name] = self._sums[name] + counted if name in self._sums else counted
            self._counts[name] = self._counts.get(name, 0.0) + share

    def read(self) -> dict[str, float]:
        """The means, and start again."""
        means = {name: float(total) / self._counts[name] for name, total in self._sums.items()}
        self._sums.clear()
        self._counts.clear()
        return means


class Stepper:
    """Carries out steps on a state; `count` is the number of pictures in the dataset."""

    def __init__(
        self,
        family: ModelFamily[Any],
        state: TrainingState,
        count: int,
        team: Team | None = None,
    ) -> None:
        self.meters = Meters()
        self._family = family
        self._state = state
        self._team = team or Team()
        self._count = count / self._team.size
        self._weights = {name: list(part.parameters()) for name, part in state.networks.items()}

    def step(self) -> str:
        """All phases on the next batch; returns a warning, or nothing.

        Raises:
            StudioError: memory ran out with a single picture.
        """
        state, batch = self._state, self._state.config.batch
        state.micro_batch = min(state.micro_batch, self._team.share_of(batch))
        warning = ""
        drawn = self._draw()
        micros = self._micros(*drawn)
        state.warm_up()
        for phase in state.phases.values():
            seed = int(torch.randint(_SEEDS, (), generator=state.rng))
            while not self._team.all(self._adds_up(phase, micros, seed)):
                warning = self._halve_micro_batch()
                micros = self._micros(*drawn)
            self._team.sum_gradients(self._learning(phase))
            state.optimizers[phase.id].step()
        self._team.average_statistics(state.networks)
        state.step += 1
        state.images += batch
        state.average(batch)
        return warning

    def _draw(self) -> tuple[Tensor, Tensor | None]:
        """The indices of the next batch, and which of them are mirrored."""
        state = self._state
        indices = state.batches.draw(state.config.batch)
        if state.config.mirror != "yes":
            return indices, None
        return indices, torch.rand(len(indices), generator=state.rng) < 0.5

    def _micros(self, indices: Tensor, mirrored: Tensor | None) -> list[tuple[int, Batch]]:
        """This process's micro batches, numbered."""
        state, size = self._state, self._state.micro_batch
        parts = range(self._team.rank, -(-len(indices) // size), self._team.size)
        micros = []
        for number in parts:
            part = slice(number * size, (number + 1) * size)
            flipped = None if mirrored is None else mirrored[part]
            micros.append((number, state.batches.of(indices[part], state.device, flipped)))
        return micros

    def _learning(self, phase: Phase) -> Iterator[nn.Parameter]:
        return (weight for part in phase.parts for weight in self._weights[part])

    def _adds_up(self, phase: Phase, micros: list[tuple[int, Batch]], seed: int) -> bool:
        """The gradient of a phase, summed over the micro batches; False if memory ran out."""
        state = self._state
        for part, weights in self._weights.items():
            for weight in weights:
                weight.requires_grad_(part in phase.parts)
        for module in state.frozen():
            module.requires_grad_(False)
        state.optimizers[phase.id].zero_grad(set_to_none=True)
        try:
            for number, micro in micros:
                self._accumulate(phase, micro, seed + number)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return False
        return True

    def _accumulate(self, phase: Phase, micro: Batch, seed: int) -> None:
        """Add the gradient of a micro batch, as large a share as it is of the batch."""
        state = self._state
        share = len(micro.real) / state.config.batch
        rng = torch.Generator(state.device).manual_seed(seed)
        context = StepContext(
            micro.real, state.step, state.images, self._count, rng, micro.condition
        )
        with mixed_precision(state.device, state.precision):
            losses = self._family.loss(phase.id, state.config, state.networks, context)
        (losses.total * share).backward()
        self.meters.add(losses.parts, losses.total, share)

    def _halve_micro_batch(self) -> str:
        state = self._state
        if state.micro_batch == 1:
            raise StudioError(
                "Memory ran out even with one picture at a time.",
                "Close other programs, or train at a smaller size.",
            )
        state.micro_batch //= 2
        for optimizer in state.optimizers.values():
            optimizer.zero_grad(set_to_none=True)
        free_unused_memory(state.device)
        return (
            f"Memory ran out: training goes on with {state.micro_batch} pictures at a time, "
            "which gives the same result more slowly."
        )
