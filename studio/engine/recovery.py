"""What to do when a run goes wrong: back to its best moment, with one thing changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, NamedTuple, TypeAlias

from studio.engine.adversarial import AdversarialConfig
from studio.engine.api import best_of, kept_checkpoints
from studio.engine.checkpoint import load_state
from studio.engine.family import TrainConfig
from studio.engine.keeping import forget_after
from studio.engine.setup import Setup
from studio.errors import StudioError

Trouble: TypeAlias = Literal["diverged", "collapsed"]
MOST_RECOVERIES = 3  # of one run
_STRONGER = 3.0  # times the penalty


class Lost(Exception):  # noqa: N818  (an outcome, not an error)
    """The run went wrong too often."""


class Remedy(NamedTuple):
    """What to go on with, and a sentence about it."""

    config: Any
    text: str


def remedy(config: TrainConfig, what: Trouble) -> Remedy:
    """One thing to change. Divergence wants smaller steps, a collapse a smoother discriminator."""
    if what == "collapsed" and isinstance(config, AdversarialConfig) and config.gamma:
        gamma = min(100.0, config.gamma * _STRONGER)
        return Remedy(
            replace(config, gamma=gamma),
            f"The pictures all became alike, so the gradient penalty is now {gamma:g}.",
        )
    rate = config.rate / 2
    why = "The pictures all became alike" if what == "collapsed" else "A loss went out of bounds"
    return Remedy(replace(config, rate=rate), f"{why}, so the learning rate is now {rate:g}.")


def return_to_best(setup: Setup) -> None:
    """Put the state back to the best moment that was kept, or else to the last checkpoint.

    What was kept or logged after it is forgotten.

    Raises:
        StudioError: none of them can be read.
    """
    folder, state = setup.folder, setup.state
    best = best_of(kept_checkpoints(folder.path))
    sources = [*([best.state] if best else []), folder.last, folder.previous]
    for source in sources:
        try:
            state.restore(*load_state(source))
        except StudioError:
            if source == sources[-1]:
                raise
        else:
            break
    forget_after(folder.path, state.step)
    folder.cut_log(state.log_bytes)
