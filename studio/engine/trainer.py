"""One trainer for all families: an iterator of events that can be paused, stopped and resumed.

Steps depend on the request, the pictures and the seed alone; the clock only decides when to report,
show, save and end. That is what makes a resumed run equal to an uninterrupted one, bit for bit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping

from torch import Tensor

from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.engine.api import (
    Checkpointed,
    Finished,
    FinishReason,
    Progress,
    Sampled,
    Started,
    StepDone,
    TrainingEvent,
    TrainingRun,
    Warned,
)
from studio.engine.batches import Batch
from studio.engine.checkpoint import save_model, save_state
from studio.engine.family import Phase, StepContext
from studio.engine.generator import synthesize_points
from studio.engine.machine import free_unused_memory, is_out_of_memory, mixed_precision
from studio.engine.pace import Budget, Pace
from studio.engine.setup import Setup, prepare
from studio.errors import StudioError

_SAMPLES = 32


class Diverged(Exception):  # noqa: N818  (an outcome, not an error)
    """A loss or a weight is no longer a number."""


def train(run: TrainingRun, control: RunControl) -> Iterator[TrainingEvent]:
    """Carry out `run`; see `studio.engine.api.Engine.train`."""
    setup = prepare(run)
    trainer = Trainer(setup, Budget.of(run), control)
    yield Started(
        family=setup.family.id,
        device=str(setup.state.device),
        threads=setup.threads,
        parameters=sum(weight.numel() for weight in setup.state.networks.parameters()),
        images=setup.dataset.count,
        size=setup.size,
        resumed_at=setup.state.step,
    )
    for text in setup.warnings:
        yield Warned(text)
    yield from trainer.events()


def sample_points(setup: Setup) -> tuple[LatentPoint, ...]:
    """What the sample grids show: seeds, asked for captions from all over the dataset if any."""
    captions = setup.dataset.captions if setup.shape.words else ("",)
    stride = max(1, len(captions) // _SAMPLES)
    return tuple(
        LatentPoint.of_seed(seed, prompt=captions[seed * stride % len(captions)])
        for seed in range(_SAMPLES)
    )


class Trainer:
    """The loop. Owns nothing but the meters; the run's state is `setup.state`.

    Lives on the thread that iterates `events`.
    """

    def __init__(self, setup: Setup, budget: Budget, control: RunControl) -> None:
        self._setup = setup
        self._state = setup.state
        self._control = control
        self._pace = Pace(budget, setup.state.seconds, setup.dataset.count)
        self._meters = Meters()
        self._points = sample_points(setup)
        self._sound = True  # False inside a step and after divergence: not to be saved

    def events(self) -> Iterator[TrainingEvent]:
        """Everything after `Started`; closing it writes the checkpoint."""
        saved_step = -1
        reason: FinishReason = "stopped"
        try:
            if not self._setup.resumed:
                yield self._checkpoint()  # from now on there is always a good one
            yield self._sampled()
            for event in self._steps():
                if isinstance(event, Checkpointed):
                    saved_step = event.progress.step
                yield event
            reason = "stopped" if self._control.cancelled else "budget"
        except Diverged:
            reason = "diverged"
            yield Warned(
                "Training went out of bounds and was ended; the last good checkpoint is kept. "
                "Try again with a lower learning rate."
            )
        finally:
            if self._sound and saved_step != self._state.step and self._state.is_finite():
                self._checkpoint()
        if reason == "budget":
            yield self._sampled()
        yield Finished(reason, self._progress(), self._setup.folder.model)

    def _steps(self) -> Iterator[TrainingEvent]:
        """Steps until the budget is used up or the run is cancelled."""
        while self._may_go_on():
            self._sound = False
            warning = self._step()
            self._sound = True
            if warning:
                yield Warned(warning)
            if self._pace.report_due() or self._pace.over(self._state.step):
                yield self._report()
            if self._pace.sample_due():
                yield self._sampled()
            if self._pace.checkpoint_due():
                yield self._checkpoint()

    def _may_go_on(self) -> bool:
        if self._control.paused:
            self._pace.clock.stop()
            self._control.wait_while_paused()
            self._pace.clock.go()
        return not self._control.cancelled and not self._pace.over(self._state.step)

    # --- One step --------------------------------------------------------------------------------

    def _step(self) -> str:
        """All phases on one batch; returns a warning, or nothing."""
        state = self._state
        warning = ""
        batch = state.batches.next(self._setup.config.batch, state.device)
        for phase in state.phases.values():
            warning = self._phase_in_memory(phase, batch) or warning
        state.step += 1
        state.images += len(batch.real)
        state.average(len(batch.real))
        return warning

    def _phase_in_memory(self, phase: Phase, batch: Batch) -> str:
        """One phase, with fewer pictures at a time if memory runs out."""
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
        state, setup = self._state, self._setup
        for name, part in state.networks.items():
            part.requires_grad_(name in phase.parts)
        optimizer = state.optimizers[phase.id]
        optimizer.zero_grad(set_to_none=True)
        count = setup.dataset.count
        for real, condition in batch.split(state.micro_batch):
            context = StepContext(real, state.step, state.images, count, state.rng, condition)
            with mixed_precision(state.device, state.precision):
                losses = setup.family.loss(phase.id, setup.config, state.networks, context)
            share = len(real) / len(batch.real)
            (losses.total * share).backward()  # type: ignore[no-untyped-call]
            self._meters.add(losses.parts, losses.total, share)
        optimizer.step()

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

    # --- What is told ----------------------------------------------------------------------------

    def _progress(self) -> Progress:
        return self._pace.progress(self._state.step, self._state.images)

    def _report(self) -> StepDone:
        losses = self._meters.read()
        if not all(math.isfinite(value) for value in losses.values()):
            self._sound = False
            raise Diverged
        losses.pop("", None)
        progress = self._progress()
        self._setup.folder.log_step(progress, losses)
        return StepDone(progress, losses)

    def _sampled(self) -> Sampled:
        begun = time.perf_counter()
        state = self._state
        images: list[Image] = synthesize_points(
            state.ema, self._setup.shape, self._points, state.device
        )
        self._setup.folder.save_samples(state.step, images)
        self._pace.sampled(time.perf_counter() - begun)
        return Sampled(self._progress(), tuple(images))

    def _checkpoint(self) -> Checkpointed:
        setup, state = self._setup, self._state
        if not state.is_finite():
            self._sound = False
            raise Diverged
        state.seconds = self._pace.clock.seconds
        state.log_bytes = setup.folder.log.stat().st_size
        facts = {**setup.identity(), **state.facts()}
        save_state(setup.folder.last, setup.folder.previous, state.tensors(), facts)
        save_model(setup.folder.model, state.ema, setup.model_header())
        return Checkpointed(self._progress(), setup.folder.model)


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
