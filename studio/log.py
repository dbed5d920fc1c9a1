"""The program's log: a rotating file, and the last lines in memory for crash reports."""

from __future__ import annotations

import logging
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path

from studio import paths

LOG_FILE = "studio.log"

_FORMAT = "%(asctime)s %(levelname)-7s [%(threadName)s] %(name)s: %(message)s"
_FILE_BYTES = 512 << 10
_OLD_FILES = 1  # with the current one, the log stays under 1 MB
_KEPT_LINES = 500


class RecentLines(logging.Handler):
    """Keeps the last formatted lines. Any thread may log; `lines` is a copy."""

    def __init__(self, capacity: int = _KEPT_LINES) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=capacity)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))

    def lines(self) -> tuple[str, ...]:
        self.acquire()
        try:
            return tuple(self._lines)
        finally:
            self.release()


def start_logging(level: int = logging.INFO) -> RecentLines:
    """Send the studio's log to the logs folder and into memory; called once, by a program's start.

    A folder that cannot be written costs the file, not the start.
    """
    logger = logging.getLogger("studio")
    logger.setLevel(level)
    recent = RecentLines()
    _attach(logger, recent)
    try:
        paths.logs_dir().mkdir(parents=True, exist_ok=True)
        _attach(logger, _file_handler(paths.logs_dir() / LOG_FILE))
    except OSError as error:
        logger.warning("There is no log file: %s", error)
    return recent


def stop_logging() -> None:
    """Undo `start_logging`: flush and close what it opened."""
    logger = logging.getLogger("studio")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def _file_handler(file: Path) -> logging.Handler:
    return RotatingFileHandler(file, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8")


def _attach(logger: logging.Logger, handler: logging.Handler) -> None:
    handler.setFormatter(logging.Formatter(_FORMAT))
    logger.addHandler(handler)
