"""From the measurements of a training to one verdict.

Each rule looks at the median of the last three measurements, so that a single odd one changes
nothing. Constants were set on sets of real pictures that were copied, repeated, blurred, turned
and mixed in place of samples; the tests hold the rules to such sets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median
from typing import TypeAlias

from studio.engine.health.report import HealthReport, Role, Verdict, VerdictKind

History: TypeAlias = Sequence[HealthReport]
Figure: TypeAlias = Callable[[HealthReport], float]

RECENT = 3

# Pictures that are near the floor: other real pictures have 0 to 20, slightly blurred ones 37 to
# 65, and geese that anyone recognizes 20. Where few pictures are held out, chance alone makes more;
# then the ratio tells: of other real pictures, nine sets in ten are below 1.15.
_GOOD_EXCESS, _GOOD_RATIO = 25.0, 1.15
# 0.9 of the floor is the aim; a twentieth is the chance in which 50 to 250 pictures are covered.
_GOOD_COVERAGE = 0.85
# Real pictures have 0.01 by definition, blurred ones up to 0.07 in sets of 30.
_MANY_COPIES = 0.1
# New pictures have 0.8 to 1.1, also bad ones; copies that are shifted or brighter 0.2 to 0.55.
_LITTLE_NOVELTY = 0.6
# The discriminator takes pictures that it has not seen for fakes, and samples have got worse.
_BY_HEART, _WORSE = 0.3, 1.25
# Ten pictures repeated have 0 to 0.2, pairs of pictures mixed 0.65 to 0.95.
_LITTLE_VARIETY, _GOOD_VARIETY = 0.25, 0.6
# Copies that are drawn at random meet one another, but show about all: those are no collapse.
_LITTLE_COVERAGE = 0.7
# Untrained networks make the same picture again and again; after so many measurements no more.
_PATIENCE = 6
# Twice the best that there was, and no less than twice what is good, is no fluctuation.
_FALLEN = 2.0
# The last third of a training brought less than this over the third before: so as much again
# would not bring much either.
_STEP, _LEAST_THIRD = 0.05, 4
# Real pictures have up to 0.07, sets of which every picture leaked 0.25 to 0.95.
_LEAKING = 0.1


_WORDS: Mapping[VerdictKind, tuple[Role, str, str]] = {
    "learning": (
        "ok",
        "It is still learning.",
        "Let it go on: the pictures are getting closer to yours.",
    ),
    "good": (
        "ok",
        "The pictures look like yours and show the same variety, without copying.",
        "Explore them. More time may still sharpen details.",
    ),
    "stalled": (
        "warn",
        "It has not become better for a third of its time.",
        "Stop and keep it, or go on with more pictures or a larger model.",
    ),
    "memorizing": (
        "warn",
        "It learns your pictures by heart instead of inventing new ones.",
        "Go back to an earlier state, add pictures, or augment more strongly.",
    ),
    "collapsed": (
        "bad",
        "It draws nearly the same few pictures again and again.",
        "Go back to the best state and learn more slowly, or augment more strongly.",
    ),
    "diverged": (
        "bad",
        "It has lost what it had learned.",
        "Go back to the best state and learn more slowly.",
    ),
}


_GOING_ON: tuple[VerdictKind, ...] = ("learning", "good", "stalled")  # where a leak is told


def verdict(history: History) -> Verdict:
    """What to think of a training after these measurements, oldest first."""
    kind = _kind(history)
    role, text, advice = _WORDS[kind]
    if kind == "memorizing" and history[-1].copies >= _MANY_COPIES:
        text += f" About {history[-1].copies:.0%} are copies."
    if kind in _GOING_ON and _leaking(history):
        done = history[-1].leak_kind
        text += f" Some pictures come out {done}, as yours do not."
        return Verdict(kind, "warn", text, f"Switch off the augmentation that makes them {done}.")
    return Verdict(kind, role, text, advice)


def _kind(history: History) -> VerdictKind:
    for kind, least, holds in _RULES:
        if len(history) >= least and holds(history):
            return kind
    return "learning"


def _broken(history: History) -> bool:
    return history[-1].broken > 0


def _collapsed(history: History) -> bool:
    if not _all_alike(history):
        return False
    was_varied = max(_medians(history, lambda r: r.variety)) > 2 * _LITTLE_VARIETY
    return was_varied or len(history) >= _PATIENCE


def _all_alike(history: History) -> bool:
    repeats = _recent(history, lambda r: r.variety) <= _LITTLE_VARIETY
    return repeats and (_covered(history) <= _LITTLE_COVERAGE or not _copied(history))


def _fallen(history: History) -> bool:
    best = min(_medians(history, _excess))
    return _recent(history, _excess) > _FALLEN * max(best, _GOOD_EXCESS)


def _memorizing(history: History) -> bool:
    return not _all_alike(history) and (_copied(history) or _by_heart(history))


def _copied(history: History) -> bool:
    copies, novelty = _recent(history, lambda r: r.copies), _recent(history, lambda r: r.novelty)
    return copies >= _MANY_COPIES or novelty <= _LITTLE_NOVELTY


def _by_heart(history: History) -> bool:
    places = [r.held_out_place for r in history[-RECENT:] if r.held_out_place is not None]
    if len(places) < RECENT or median(places) > _BY_HEART:
        return False
    best = min(_medians(history, _excess))
    return _recent(history, _excess) > _WORSE * max(best, _GOOD_EXCESS)


def _good(history: History) -> bool:
    excess, ratio = _recent(history, _excess), _recent(history, lambda r: r.ratio)
    near = excess <= _GOOD_EXCESS or ratio <= _GOOD_RATIO
    varied = _recent(history, lambda r: r.variety) >= _GOOD_VARIETY
    return near and varied and _covered(history) >= _GOOD_COVERAGE


def _stalled(history: History) -> bool:
    third = len(history) // 3
    if third < _LEAST_THIRD:
        return False
    before = fmean(map(_excess, history[-2 * third : -third]))
    return fmean(map(_excess, history[-third:])) > (1 - _STEP) * before


# The first that holds counts; one broken picture is enough, all else takes three measurements.
_RULES: tuple[tuple[VerdictKind, int, Callable[[History], bool]], ...] = (
    ("diverged", 1, _broken),
    ("collapsed", RECENT, _collapsed),
    ("memorizing", RECENT, _memorizing),
    ("diverged", RECENT, _fallen),
    ("good", RECENT, _good),
    ("stalled", 3 * _LEAST_THIRD, _stalled),
)


def _leaking(history: History) -> bool:
    if len(history) < RECENT or _all_alike(history):
        return False
    return _recent(history, lambda r: r.leak) >= _LEAKING


def _covered(history: History) -> float:
    """Coverage over its floor."""
    return _recent(history, lambda r: r.coverage / max(r.coverage_floor, 1e-6))


def _excess(report: HealthReport) -> float:
    return report.excess


def _recent(history: History, figure: Figure) -> float:
    return median(figure(report) for report in history[-RECENT:])


def _medians(history: History, figure: Figure) -> list[float]:
    """`_recent` as it was after each measurement from the third on."""
    ends = range(RECENT, len(history) + 1)
    return [_recent(history[:end], figure) for end in ends]
