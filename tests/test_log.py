"""The log: a file that stays small, and the last lines for a report."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio import log
from studio.log import LOG_FILE, RecentLines, start_logging, stop_logging
from studio.paths import logs_dir


@pytest.fixture
def recent() -> Iterator[RecentLines]:
    yield start_logging()
    stop_logging()


def test_lines_go_to_the_file_and_stay_in_memory(recent: RecentLines) -> None:
    def speak() -> None:
        logging.getLogger("studio.engine.trainer").info("step %d", 7)

    worker = threading.Thread(target=speak, name="train")
    worker.start()
    worker.join()
    (line,) = recent.lines()
    assert "[train] studio.engine.trainer: step 7" in line
    assert line in (logs_dir() / LOG_FILE).read_text(encoding="utf-8")


def test_other_libraries_and_details_are_left_out(recent: RecentLines) -> None:
    logging.getLogger("somebody.else").info("x")
    logging.getLogger("studio.core").debug("x")
    assert recent.lines() == ()


def test_memory_and_file_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_FILE_BYTES", 2000)
    recent = start_logging()
    for number in range(1500):
        logging.getLogger("studio.test").info("line %d", number)
    stop_logging()
    assert len(recent.lines()) == 500
    assert recent.lines()[-1].endswith("line 1499")
    assert sum(file.stat().st_size for file in logs_dir().iterdir()) <= 4000


def test_a_folder_that_cannot_be_made_costs_only_the_file(data_dir: Path, expect_log) -> None:
    expect_log("no log file")
    data_dir.write_text("a file where the folder should be")
    recent = start_logging()
    stop_logging()
    assert "no log file" in recent.lines()[0]


def test_nothing_is_left_behind() -> None:
    before = list(logging.getLogger("studio").handlers)
    start_logging()
    stop_logging()
    assert logging.getLogger("studio").handlers == before == []
