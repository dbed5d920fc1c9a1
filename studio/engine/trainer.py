"""One trainer for all families: an iterator of events that can be paused, stopped and resumed.

Steps depend on the request, the pictures and the seed alone; the clock only decides when to report,
show, measure, save and end. That is what makes a resumed run equal to an uninterrupted one, bit for
bit. A run that goes wrong is the exception: it returns to its best checkpoint, changed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator

from studio.core.control import RunControl
from studio.core.image import Image
from studio.core.latent import LatentPoint
from studio.engine.api import (
    Checkpointed,
    Finished,
    FinishReason,
    Measured,
    Progress,
    Sampled,
    Started,
    StepDone,
    TrainingEvent,
    TrainingRun,
    Warned,
)
from studio.engine.checkpoint import load_state, save_model, save_state
from studio.engine.distributed import Order, Team
from studio.engine.examiner import FEWEST_HELD_OUT, Examiner
from studio.engine.generator import synthesize_together
from studio.engine.health.verdict import verdict
from studio.engine.machine import resolve_device
from studio.engine.pace import Budget, Pace
from studio.engine.recovery import MOST_RECOVERIES, Lost, Trouble, remedy, return_to_best
from studio.engine.setup import Setup, prepare
from studio.engine.step import Stepper

SETTLED = ("good", "stalled", "memorizing")  # verdicts at which an early stop ends a run
_SAMPLES = 32


def train(run: TrainingRun, control: RunControl) -> Iterator[TrainingEvent]:
    """Carry out `run`; see `studio.engine.api.Engine.train`.

    Under torchrun all processes call this; those that follow the leader have nothing to tell.
    """
    team = Team.joined(resolve_device(run.device))
    try:
        setup = prepare(run, team)
        if team.leads:
            yield from _lead(setup, run, control, team)
        else:
            _follow(setup, control, team)
    finally:
        team.leave()


def _follow(setup: Setup, control: RunControl, team: Team) -> None:
    """Take the steps that the leader takes."""
    stepper = Stepper(setup.family, setup.state, len(setup.training), team)
    examiner = Examiner(setup, team)
    while (order := team.next_order(Order.AWAIT, control)) is not Order.END:
        if order is Order.STEP:
            stepper.step()
        elif order is Order.MEASURE:
            examiner.samples()
        else:
            setup.state.restore(*load_state(setup.folder.last))


def _lead(
    setup: Setup, run: TrainingRun, control: RunControl, team: Team
) -> Iterator[TrainingEvent]:
    trainer = Trainer(setup, Budget.of(run), control, team)
    yield Started(
        family=setup.family.id,
        device=str(setup.state.device),
        threads=setup.threads,
        parameters=sum(weight.numel() for weight in setup.state.networks.parameters()),
        images=setup.dataset.count,
        size=setup.size,
        resumed_at=setup.state.step,
    )
    yield from setup.warnings
    yield from trainer.events()


def sample_points(setup: Setup) -> tuple[LatentPoint, ...]:
    """What the sample grids show: seeds, asked for captions from all over the dataset if any."""
    captions = setup.dataset.captions if setup.shape.words else ("",)
    stride = max(1, len(captions) // _SAMPLES)
    return tuple(
        LatentPoint.of_seed(seed, prompt=captions[seed * stride % len(captions)])
        for seed in range(_SAMPLES)
    )


class Diverged(Exception):  # noqa: N818  (an outcome, not an error)
    """A loss or a weight is no longer a number."""


class Trainer:
    """The loop. The run's state is `setup.state`; lives on the thread that iterates `events`."""

    def __init__(
        self, setup: Setup, budget: Budget, control: RunControl, team: Team | None = None
    ) -> None:
        self._setup = setup
        self._state = setup.state
        self._control = control
        self._team = team or Team()
        self._pace = Pace(budget, setup.state.seconds, setup.dataset.count)
        self._stepper = Stepper(setup.family, setup.state, len(setup.training), self._team)
        self._points = sample_points(setup)
        self._examiner = (
            Examiner(setup, self._team) if len(setup.held_out) >= FEWEST_HELD_OUT else None
        )
        self._history = setup.folder.health()
        self._recoveries = 0
        self._saved_step = -1
        self._sound = True  # False inside a step and after divergence: not to be saved

    def events(self) -> Iterator[TrainingEvent]:
        """Everything after `Started`; closing it writes the checkpoint."""
        reason: FinishReason | None = None
        try:
            if not self._setup.resumed or self._team.size > 1:
                yield self._checkpoint()  # from now on there is always a good one
            self._team.next_order(Order.RELOAD, self._control)
            yield self._sampled()
            while reason is None:
                try:
                    reason = yield from self._steps()
                except Diverged:
                    yield self._recover("diverged")
        except Lost:
            reason = "diverged"
            yield Warned(
                "Training went out of bounds again and again and was ended; its best pictures are "
                "kept. Try other settings, or more pictures."
            )
        finally:
            if self._sound and self._saved_step != self._state.step and self._state.is_finite():
                self._checkpoint()
        self._team.next_order(Order.END, self._control)
        if reason == "budget":
            yield self._sampled()
        yield Finished(reason, self._progress(), self._setup.folder.model)

    def _steps(self) -> Generator[TrainingEvent, None, FinishReason]:
        """Steps until the budget is used up, the run is cancelled, or there is no more to learn."""
        while self._may_go_on():
            self._team.next_order(Order.STEP, self._control)
            self._sound = False
            warning = self._stepper.step()
            self._sound = True
            if warning:
                yield Warned(warning)
            if self._pace.report_due() or self._pace.over(self._state.step):
                yield self._report()
            if self._pace.sample_due():
                yield self._sampled()
            if self._pace.checkpoint_due():
                yield self._checkpoint()
            if self._examiner and self._pace.measure_due():
                measured = self._measure(self._examiner)
                yield measured
                if measured.verdict.kind == "collapsed":
                    yield self._recover("collapsed")
                elif self._setup.early_stop and measured.verdict.kind in SETTLED:
                    return "settled"
        return "stopped" if self._control.cancelled else "budget"

    def _may_go_on(self) -> bool:
        if self._control.paused:
            self._pace.clock.stop()
            self._control.wait_while_paused()
            self._pace.clock.go()
        return not self._control.cancelled and not self._pace.over(self._state.step)

    # --- What is told ----------------------------------------------------------------------------

    def _progress(self) -> Progress:
        return self._pace.progress(self._state.step, self._state.images)

    def _report(self) -> StepDone:
        losses = self._stepper.meters.read()
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
        images: list[Image] = synthesize_together(
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
        save_model(setup.folder.model, state.ema, state.helpers, setup.model_header())
        self._saved_step = state.step
        return Checkpointed(self._progress(), setup.folder.model)

    # --- Health ----------------------------------------------------------------------------------

    def _measure(self, examiner: Examiner) -> Measured:
        """Examine the run, and keep a checkpoint of this moment with what was found."""
        begun = time.perf_counter()
        self._sampled()
        self._team.next_order(Order.MEASURE, self._control)
        report = examiner.examine()
        self._history.append(report)
        found = verdict(self._history)
        progress = self._progress()
        self._setup.folder.log_health(progress, report)
        self._checkpoint()
        self._setup.folder.keep(progress, report.ratio)
        self._pace.measured(time.perf_counter() - begun)
        return Measured(progress, report, found)

    def _recover(self, what: Trouble) -> Warned:
        """Return to the best moment that was kept, or else to the last good one, changed.

        Raises:
            Lost: that was done often enough.
        """
        self._recoveries += 1
        if self._recoveries > MOST_RECOVERIES:
            raise Lost
        state = self._state
        change = remedy(state.config, what)
        return_to_best(self._setup)
        state.configure(change.config)
        self._history = self._setup.folder.health()
        self._stepper.meters.read()
        self._sound = True
        self._checkpoint()
        self._team.next_order(Order.RELOAD, self._control)
        return Warned(f"{change.text} Training went back to step {state.step} and goes on.")
