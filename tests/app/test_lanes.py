"""Lanes: order, priority, cancelling, failures, and an end that leaves nothing behind."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytestqt.qtbot import QtBot

from studio.app.lanes import BEHIND, Job, Lane, LatestWins, once
from studio.core.control import RunControl
from studio.errors import StudioError


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    lane = Lane("test")
    yield lane
    lane.close()


def gate() -> tuple[threading.Event, Callable[[RunControl], str]]:
    """Work that waits until it is let through."""
    opened = threading.Event()

    def work(_control: RunControl) -> str:
        opened.wait(10)
        return "through"

    return opened, work


def test_events_arrive_in_order_in_the_gui_thread(qtbot: QtBot, lane: Lane) -> None:
    heard: list[tuple[int, str]] = []
    done: list[bool] = []

    def work(_control: RunControl) -> Iterator[int]:
        yield from range(5)

    def hear(event: int) -> None:
        heard.append((event, threading.current_thread().name))

    lane.submit(Job(work, on_event=hear, on_done=lambda: done.append(True)))
    qtbot.waitUntil(lambda: done == [True])
    main = threading.main_thread().name
    assert heard == [(number, main) for number in range(5)]


def test_work_runs_in_the_lane(qtbot: QtBot, lane: Lane) -> None:
    names: list[str] = []
    lane.submit(Job(once(lambda _control: threading.current_thread().name), on_event=names.append))
    qtbot.waitUntil(lambda: bool(names))
    assert names == ["lane:test"]


def test_a_job_of_higher_priority_goes_between_two_events(qtbot: QtBot, lane: Lane) -> None:
    heard: list[str] = []
    opened = threading.Event()

    def slow(_control: RunControl) -> Iterator[str]:
        opened.wait(10)
        yield "slow 1"
        yield "slow 2"

    lane.submit(Job(slow, on_event=heard.append))
    lane.submit(Job(once(lambda _control: "urgent"), on_event=heard.append, priority=5))
    opened.set()
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard.index("urgent") < heard.index("slow 2")


def test_nothing_is_heard_after_cancel(qtbot: QtBot, lane: Lane) -> None:
    heard: list[str] = []
    opened, work = gate()
    job = lane.submit(Job(once(work), on_event=heard.append))
    job.cancel()
    opened.set()
    lane.submit(Job(once(lambda _control: "next"), on_event=heard.append))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["next"]


def test_training_is_heard_after_cancel(qtbot: QtBot, lane: Lane) -> None:
    heard: list[str] = []
    started, opened = threading.Event(), threading.Event()

    def work(_control: RunControl) -> Iterator[str]:
        started.set()
        opened.wait(10)
        yield "checkpoint"

    job = lane.submit(Job(work, on_event=heard.append, heard_after_cancel=True))
    started.wait(10)
    job.cancel()
    opened.set()
    qtbot.waitUntil(lambda: heard == ["checkpoint"])


def test_an_expected_failure_is_told_and_not_logged(qtbot: QtBot, lane: Lane) -> None:
    told: list[Exception] = []

    def work(_control: RunControl) -> None:
        raise StudioError("The disk is full.", "Make room.")

    lane.submit(Job(once(work), on_failed=told.append))
    qtbot.waitUntil(lambda: bool(told))
    assert str(told[0]) == "The disk is full. Make room."


@pytest.mark.parametrize("error", [RuntimeError("out of memory"), KeyError("x")])
def test_a_bug_is_told_and_logged_and_the_lane_lives(
    qtbot: QtBot, lane: Lane, expect_log: Callable[[str], None], error: Exception
) -> None:
    told: list[Exception] = []
    heard: list[str] = []
    expect_log("A job on the lane “test” failed")

    def work(_control: RunControl) -> None:
        raise error

    lane.submit(Job(once(work), on_failed=told.append))
    lane.submit(Job(once(lambda _control: "alive"), on_event=heard.append))
    qtbot.waitUntil(lambda: heard == ["alive"])
    assert told == [error]


def test_closing_cancels_and_waits(qtbot: QtBot) -> None:
    lane = Lane("short")
    cleaned: list[bool] = []
    started = threading.Event()

    def work(control: RunControl) -> Iterator[int]:
        try:
            started.set()
            while control.wait_while_paused():
                yield 0
        finally:
            cleaned.append(True)

    lane.submit(Job(work))
    started.wait(10)
    lane.close()
    assert cleaned == [True]
    assert not lane.busy


def test_a_lane_is_busy_until_its_results_were_heard(qtbot: QtBot, lane: Lane) -> None:
    heard: list[bool] = []
    lane.submit(Job(once(lambda _control: None), on_event=lambda _none: heard.append(lane.busy)))
    while lane._jobs:  # the work ends, and the GUI thread has not come to hear of it
        pass
    assert lane.busy
    qtbot.waitUntil(lambda: not lane.busy)
    assert heard == [True]


def test_only_the_newest_request_counts(qtbot: QtBot, lane: Lane) -> None:
    latest: LatestWins[int] = LatestWins(lane)
    heard: list[int] = []
    opened, blocker = gate()
    lane.submit(Job(once(blocker)))
    for number in range(10):
        latest.request(once(lambda _control, n=number: n), heard.append)
    opened.set()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [9]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere niceness is the process's")
def test_a_background_lane_and_the_threads_it_starts_come_after_the_window(qtbot: QtBot) -> None:
    lane = Lane("behind", niceness=BEHIND)
    heard: list[tuple[int, int]] = []

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def work(_control: RunControl) -> tuple[int, int]:
        with ThreadPoolExecutor(1) as pool:
            return niceness(), pool.submit(niceness).result()

    lane.submit(Job(once(work), on_event=heard.append))
    qtbot.waitUntil(lambda: bool(heard))
    lane.close()
    own, started = heard[0]
    assert own == started > niceness()
