"""The dataset doctor at work: looks through the project's pictures whenever they are others."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from studio.app.dataset_session import DatasetSession
from studio.app.engine_host import EngineHost
from studio.app.lanes import Job, Lane, once
from studio.app.notifications import Notifications
from studio.core.control import RunControl
from studio.engine.api import (
    Advice,
    DatasetInfo,
    Examination,
    Examining,
    Finding,
    read_examination,
    write_examination,
)

_REMEDIES = {"leave out": "left out", "keep best": "left out", "trim": "trimmed"}


class DoctorSession(QObject):
    """Owns the findings about the present dataset.

    Lives in the GUI thread. Emits `changed()` when findings or advice are others, and
    `progressed()` while it looks; `progress` is from 0 to 1, None when it is done.
    """

    changed = Signal()
    progressed = Signal()

    def __init__(
        self,
        host: EngineHost,
        lane: Lane,
        dataset: DatasetSession,
        notifications: Notifications,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._host = host
        self._lane = lane
        self._dataset = dataset
        self._notifications = notifications
        self._job: Job[object] | None = None
        self._examined: DatasetInfo | None = None
        self.findings: tuple[Finding, ...] = ()
        self.advice: tuple[Advice, ...] = ()
        self._before: tuple[tuple[Finding, ...], ...] = ()  # each dismissal, the latest last
        self.progress: float | None = None
        dataset.changed.connect(self._follow)

    def apply(self, finding: Finding) -> None:
        """Do what the finding proposes; it can be undone from the message that tells of it."""
        if finding.remedy == "trim":
            self._dataset.trim(finding.treated)
        else:
            self._dataset.leave_out(finding.treated, finding.reason)
        count = len(finding.treated)
        images = "1 image is" if count == 1 else f"{count:,} images are"
        self._notifications.post(
            f"{images} {_REMEDIES[finding.remedy]}.",
            "The files themselves stay as they are.",
            action="edit.put_images_back",
        )

    def dismiss(self, finding: Finding) -> None:
        """Forget a finding; it comes back when the pictures are others, or by `show_again`."""
        if self._examined is None or self.progress is not None:
            return
        self._before = (*self._before, self.findings)
        self._keep(self._examined, tuple(item for item in self.findings if item != finding))
        self._notifications.post(
            f"Not shown again: {finding.title}.",
            "It comes back when the images are others.",
            action="edit.show_finding",
        )

    @property
    def can_show_again(self) -> bool:
        return bool(self._before) and self.progress is None

    def show_again(self) -> None:
        """Undo the last `dismiss`."""
        if self._examined is None or not self.can_show_again:
            return
        *before, findings = self._before
        self._before = tuple(before)
        self._keep(self._examined, findings)

    def _keep(self, info: DatasetInfo, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        kept = Examination(findings, self.advice)
        write = once(lambda _control: write_examination(info.folder, kept))
        self._lane.submit(Job(write, on_failed=self._notifications.failed))
        self.changed.emit()

    def _follow(self) -> None:
        """Start over when the pictures are others, not when they are merely shown again."""
        info = None if self._dataset.busy else self._dataset.info
        if info is self._examined:
            return
        self._examined = info
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self.findings, self.advice, self._before = (), (), ()
        self.progress = None
        if info is not None:
            self.progress = 0.0
            self._job = self._lane.submit(self._examination_of(info))
        self.changed.emit()

    def _examination_of(self, info: DatasetInfo) -> Job[object]:
        def work(control: RunControl) -> Iterator[object]:
            known = read_examination(info.folder)
            if known is not None:  # without the engine, which takes seconds to load
                yield known
            else:
                yield from self._host.get().examine(info.folder, control)

        return Job(work, on_event=self._take, on_failed=self._failed)

    def _take(self, event: object) -> None:
        if isinstance(event, Examining):
            self.progress = event.fraction
            self.progressed.emit()
        elif isinstance(event, Finding):
            self.findings = (*self.findings, event)
            self.changed.emit()
        elif isinstance(event, Advice):
            self.advice = (*self.advice, event)
        elif isinstance(event, Examination):
            self.findings, self.advice = event.findings, event.advice
            self.progress = None
            self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self.progress = None
        self.changed.emit()
        self._notifications.failed(error)
