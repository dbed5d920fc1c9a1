"""How a training stands, in words for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from studio.app.notifications import Tone
from studio.app.spoken import spoken_outcome
from studio.app.training_state import TrainingState
from studio.engine.api import FinishReason

if TYPE_CHECKING:
    from studio.app.training_session import TrainingSession

# What is posted when a run has ended by itself: message, hint, tone.
NEWS: dict[FinishReason, tuple[str, str, Tone]] = {
    "budget": ("Training is done.", "Explore what it has learned.", "good"),
    "settled": (
        "Training has ended: more time would bring little.",
        "Explore what it has learned, or go on all the same.",
        "good",
    ),
    "diverged": (
        "Training lost its way and was stopped.",
        "The last good state was kept: continue from it, or start again.",
        "attention",
    ),
}


class Told(NamedTuple):
    """A sentence, its tone, what to do, and a few words while it may be time to stop."""

    text: str
    tone: Tone
    advice: str = ""
    proposal: str = ""


def told(training: TrainingSession) -> Told:
    """How it stands now."""
    match training.state:
        case TrainingState.PREPARING:
            return Told("The first pictures come in a few seconds.", "info")
        case TrainingState.PAUSED:
            return Told("Paused. Nothing is lost; go on whenever you like.", "attention")
        case TrainingState.STOPPING:
            return Told("Stopping: what has been learned is being kept.", "info")
        case TrainingState.RUNNING:
            return _course(training)
    return _outcome(training)


def _course(training: TrainingSession) -> Told:
    health = training.health
    if training.last_warning:
        warning = training.last_warning
        return Told(warning.text, "good" if warning.good else "attention")
    if health.verdict:
        return Told(health.verdict.text, health.tone, health.verdict.advice, health.proposal)
    return Told("Learning. The same pictures, drawn anew as it gets better.", "good")


def _outcome(training: TrainingSession) -> Told:
    health = training.health
    if training.failure:
        return Told(training.failure, "bad")
    if training.ended == "diverged":
        return Told("Training lost its way; the last good state was kept.", "attention")
    if training.progress is None:
        return Told("", "info")
    done = spoken_outcome(training.progress)
    if health.verdict:
        return Told(done, health.tone, f"{health.verdict.text} {health.verdict.advice}")
    return Told(done, "good")
