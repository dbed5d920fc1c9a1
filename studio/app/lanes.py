"""Where long work runs: a lane is one QThread that advances jobs, never two steps at a time."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QThread, Signal

from studio.core.control import Cancelled, RunControl
from studio.errors import StudioError

log = logging.getLogger(__name__)

E = TypeVar("E")
Work = Callable[[RunControl], Iterator[E]]

BEHIND, LAST = 5, 15  # niceness: after what a person sees, and what nobody waits for


class Job(Generic[E]):
    """One piece of work on a lane: an iterator of events and who wants to hear of them.

    The callbacks run in the GUI thread, in order; after `cancel` none of them runs any more
    unless `heard_after_cancel` (training: its last events still matter).
    """

    def __init__(
        self,
        work: Work[E],
        *,
        on_event: Callable[[E], None] | None = None,
        on_done: Callable[[], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
        priority: int = 0,
        heard_after_cancel: bool = False,
    ) -> None:
        self.control = RunControl()
        self.work = work
        self.on_event = on_event
        self.on_done = on_done
        self.on_failed = on_failed
        self.priority = priority
        self.heard_after_cancel = heard_after_cancel
        self.iterator: Iterator[E] | None = None

    def cancel(self) -> None:
        self.control.cancel()

    @property
    def wanted(self) -> bool:
        return self.heard_after_cancel or not self.control.cancelled


class Lane(QObject):
    """A named thread with a list of jobs. Lives in the GUI thread; call it from there.

    Between two events of a job the one with the highest priority goes on, so that a drag on the
    pad need not wait for a sheet of seeds.

    A lane with a `niceness`, and every thread that its jobs start, gets a core after the window and
    the lanes that work for what a person is dragging. Linux only: elsewhere it is the process's.
    """

    _happened = Signal(object)  # a callable for the GUI thread

    def __init__(self, name: str, parent: QObject | None = None, *, niceness: int = 0) -> None:
        super().__init__(parent)
        self.name = name
        self._niceness = niceness
        self._jobs: list[Job[Any]] = []
        self._changed = threading.Condition()
        self._unheard = 0  # jobs whose last callback has not run yet
        self._closing = False
        self._happened.connect(self._run_here)
        self._thread = _LaneThread(self._serve, name)
        self._thread.start()

    def submit(self, job: Job[Any]) -> Job[Any]:
        self._unheard += 1
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()
        return job

    @property
    def busy(self) -> bool:
        """Whether a job is at work, or has results that were not heard yet."""
        return self._unheard > 0

    def close(self) -> None:
        """Cancel everything and wait until the thread has ended (checkpoints are written)."""
        with self._changed:
            self._closing = True
            for job in self._jobs:
                job.cancel()
            self._changed.notify()
        self._thread.wait()
        self._unheard = 0

    def _count_as_heard(self) -> None:
        self._unheard -= 1

    def _run_here(self, call: Callable[[], None]) -> None:
        if not self._closing:  # whoever wanted to hear of it may be gone
            call()

    # The rest runs in the lane's thread.

    def _serve(self) -> None:
        if self._niceness:
            _step_back(self._niceness)
        while (job := self._next()) is not None:
            if not self._advance(job):
                with self._changed:
                    self._jobs.remove(job)
                self._happened.emit(self._count_as_heard)

    def _next(self) -> Job[Any] | None:
        with self._changed:
            while not self._jobs:
                if self._closing:
                    return None
                self._changed.wait()
            return max(self._jobs, key=lambda job: job.priority)  # the oldest of equals

    def _advance(self, job: Job[Any]) -> bool:
        """One step of the job; False when it has ended in whatever way."""
        try:
            if job.iterator is None:
                job.control.check()
                job.iterator = job.work(job.control)
            event = next(job.iterator)
        except StopIteration:
            self._tell(job, job.on_done)
            return False
        except Cancelled:
            self._tell(job, job.on_done)  # heard only by jobs that are `heard_after_cancel`
            return False
        except Exception as error:
            if not isinstance(error, StudioError):
                log.exception("A job on the lane “%s” failed", self.name)
            self._tell(job, job.on_failed, error)
            return False
        self._tell(job, job.on_event, event)
        return True

    def _tell(self, job: Job[Any], callback: Callable[..., None] | None, *args: Any) -> None:
        if callback is None:
            return

        def call() -> None:
            if job.wanted:
                callback(*args)

        self._happened.emit(call)


def _step_back(niceness: int) -> None:
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


class _LaneThread(QThread):
    def __init__(self, serve: Callable[[], None], name: str) -> None:
        super().__init__()
        self.setObjectName(f"lane:{name}")
        self._serve = serve

    def run(self) -> None:
        threading.current_thread().name = self.objectName()
        self._serve()


class LatestWins(Generic[E]):
    """Only the newest request counts: an older one is cancelled and its results are dropped.

    While a request runs, at most one waits; each further one takes its place. With `steady` the
    running one delivers its first event before it gives way: a drag that asks faster than
    pictures come then shows every second one instead of none.
    """

    def __init__(self, lane: Lane, *, priority: int = 0, steady: bool = False) -> None:
        self._lane = lane
        self._priority = priority
        self._steady = steady
        self._job: Job[E] | None = None
        self._waiting: Job[E] | None = None
        self._first_is_due = False

    def request(
        self,
        work: Work[E],
        on_event: Callable[[E], None],
        *,
        on_done: Callable[[], None] | None = None,
        on_failed: Callable[[Exception], None] | None = None,
    ) -> None:
        job = Job(
            work,
            on_event=self._then_give_way(on_event),
            on_done=self._then_give_way(on_done),
            on_failed=self._then_give_way(on_failed),
            priority=self._priority,
        )
        if self._steady and self._first_is_due:
            self._waiting = job
        else:
            self._start(job)

    def cancel(self) -> None:
        self._waiting = None
        self._first_is_due = False
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _start(self, job: Job[E]) -> None:
        self.cancel()
        self._first_is_due = True
        self._job = self._lane.submit(job)

    def _then_give_way(self, callback: Callable[..., None] | None) -> Callable[..., None]:
        def call(*args: object) -> None:
            self._first_is_due = False
            waiting = self._waiting
            if waiting is not None:
                self._start(waiting)
            if callback is not None:
                callback(*args)

        return call


def once(work: Callable[[RunControl], E]) -> Work[E]:
    """A function of one result as work of one event."""

    def iterate(control: RunControl) -> Iterator[E]:
        yield work(control)

    return iterate
