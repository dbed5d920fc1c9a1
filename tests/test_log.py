"""The log: a file that stays small."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio import log
from studio.log import LOG_FILE, start_logging, stop_logging
from studio.paths import logs_dir


@pytest.fixture
def logging_on() -> Iterator[None]:
    start_logging()
    yield
    stop_logging()


def written() -> str:
    return (logs_dir() / LOG_FILE).read_text(encoding="utf-8")


@pytest.mark.usefixtures("logging_on")
def test_lines_of_any_thread_go_to_the_file() -> None:
    def speak() -> None:
        logging.getLogger("studio.engine.trainer").info("step %d", 7)

    worker = threading.Thread(target=speak, name="train")
    worker.start()
    worker.join()
    assert "[train] studio.engine.trainer: step 7" in written()


@pytest.mark.usefixtures("logging_on")
def test_other_libraries_and_details_are_left_out() -> None:
    logging.getLogger("somebody.else").info("x")
    logging.getLogger("studio.core").debug("x")
    assert written() == ""


def test_the_files_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_FILE_BYTES", 2000)
    start_logging()
    for number in range(200):
        logging.getLogger("studio.test").info("line %d", number)
    stop_logging()
    assert written().endswith("line 199\n")
    assert sum(file.stat().st_size for file in logs_dir().iterdir()) <= 4000


def test_a_folder_that_cannot_be_made_costs_only_the_file(data_dir: Path, expect_log) -> None:
    expect_log("no log file")
    data_dir.write_text("a file where the folder should be")
    start_logging()
    stop_logging()


def test_nothing_is_left_behind() -> None:
    before = list(logging.getLogger("studio").handlers)
    start_logging()
    stop_logging()
    assert logging.getLogger("studio").handlers == before == []
