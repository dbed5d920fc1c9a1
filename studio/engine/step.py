"""One step of training: all phases on one batch, with fewer pictures at a time if memory runs out.

Its first step includes the penalties, which need the most memory, so it is also the probe that
finds how many pictures fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from studio.engine.batches import Batch
from studio.engine.family import ModelFamily, Phase, StepContext
from studio.engine.machine import free_unused_memory, is_out_of_memory, mixed_precision
from studio.engine.state import TrainingState
from studio.errors import StudioError


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

    def __init__(self, family: ModelFamily[Any], state: TrainingState, count: int) -> None:
        self.meters = Meters()
        self._family = family
        self._state = state
        self._count = count

    def step(self) -> str:
        """All phases on the next batch; returns a warning, or nothing.

        Raises:
            StudioError: memory ran out with a single picture.
        """
        state = self._state
        warning = ""
        batch = state.batches.next(state.config.batch, state.device)
        state.warm_up()
        for phase in state.phases.values():
            warning = self._phase_in_memory(phase, batch) or warning
        state.step += 1
        state.images += len(batch.real)
        state.average(len(batch.real))
        return warning

    def _phase_in_memory(self, phase: Phase, batch: Batch) -> str:
        warning = ""
        before = self._state.rng.get_state()
        while True:
            try:
                self._phase(phase, batch)
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                warning = self._halve_micro_batch()
                self._state.rng.set_state(before)
            else:
                return warning

    def _phase(self, phase: Phase, batch: Batch) -> None:
        """One optimizer step of one phase, its gradient summed over the micro batches."""
        state = self._state
        for name, part in state.networks.items():
            part.requires_grad_(name in phase.parts)
        for part in state.frozen():
            part.requires_grad_(False)
        optimizer = state.optimizers[phase.id]
        optimizer.zero_grad(set_to_none=True)
        for micro in batch.split(state.micro_batch):
            share = len(micro.real) / len(batch.real)
            self._accumulate(phase, micro, share)
        optimizer.step()

    def _accumulate(self, phase: Phase, micro: Batch, share: float) -> None:
        """Add the gradient of a micro batch that is `share` of the batch."""
        state = self._state
        context = StepContext(
            micro.real, state.step, state.images, self._count, state.rng, micro.condition
        )
        with mixed_precision(state.device, state.precision):
            losses = self._family.loss(phase.id, state.config, state.networks, context)
        (losses.total * share).backward()  # type: ignore[no-untyped-call]
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
