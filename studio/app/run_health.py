"""How a run has measured up so far, and what a person is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from studio.app.notifications import Tone
from studio.engine.api import HealthReport, Measured, Verdict
from studio.engine.health.report import Role, VerdictKind
from studio.engine.health.verdict import verdict

_TONES: dict[Role, Tone] = {"ok": "good", "warn": "attention", "bad": "bad"}
_PROPOSALS: dict[VerdictKind, str] = {
    "good": "A good moment to stop",
    "stalled": "More time may not help",
    "memorizing": "More time would not help",
}


@dataclass(frozen=True, slots=True)
class RunHealth:
    """All measurements of a run: minutes of training and ratio of each; the last one in full.

    The ratio is the distance of its pictures to real ones over that of other real ones.
    """

    ratios: tuple[tuple[float, float], ...] = ()
    report: HealthReport | None = None
    verdict: Verdict | None = None

    @classmethod
    def of(cls, measurements: Iterable[tuple[float, HealthReport]]) -> RunHealth:
        """What is known after measurements at these seconds, oldest first."""
        known = list(measurements)
        if not known:
            return cls()
        reports = [report for _seconds, report in known]
        ratios = tuple((seconds / 60, report.ratio) for seconds, report in known)
        return cls(ratios, reports[-1], verdict(reports))

    def after(self, event: Measured) -> RunHealth:
        """The same with one more measurement."""
        point = event.progress.seconds / 60, event.report.ratio
        return replace(
            self, ratios=(*self.ratios, point), report=event.report, verdict=event.verdict
        )

    def until(self, seconds: float) -> RunHealth:
        """The ratios up to that much training; what is thought of them comes with the next one."""
        return RunHealth(tuple(point for point in self.ratios if point[0] <= seconds / 60))

    @property
    def tone(self) -> Tone:
        return _TONES[self.verdict.role] if self.verdict else "info"

    @property
    def proposal(self) -> str:
        """A few words where it may be time to stop; else nothing."""
        return _PROPOSALS.get(self.verdict.kind, "") if self.verdict else ""

    @property
    def figures(self) -> tuple[str, ...]:
        """The last measurement in plain words, a sentence for each figure."""
        report = self.report
        if report is None:
            return ()
        shown = report.coverage / max(report.coverage_floor, 1e-6)
        told = [
            f"Distance to your pictures: {report.ratio:.2f} times that of real ones (best: 1).",
            f"Variety: {report.variety:.0%} of that of your pictures.",
            f"Shows {min(1.0, shown):.0%} of what your pictures show.",
            f"Copies of your pictures: {report.copies:.0%}.",
        ]
        if report.held_out_place is not None:
            told.append(
                f"Learning by heart: {1.0 - min(1.0, max(0.0, report.held_out_place)):.0%}, as the "
                "critic sees pictures that were kept aside."
            )
        return tuple(told)
