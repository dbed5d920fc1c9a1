"""The program's log: a file that rotates, so that it stays small."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from studio import paths

LOG_FILE = "studio.log"

_FORMAT = "%(asctime)s %(levelname)-7s [%(threadName)s] %(name)s: %(message)s"
_FILE_BYTES = 512 << 10
_OLD_FILES = 1  # with the current one, the log stays under 1 MB


def start_logging() -> None:
    """Send the studio's log to the logs folder; called once, by a program's start.

    A folder that cannot be written costs the file, not the start.
    """
    logger = logging.getLogger("studio")
    logger.setLevel(logging.INFO)
    try:
        paths.logs_dir().mkdir(parents=True, exist_ok=True)
        logger.addHandler(_file_handler(paths.logs_dir() / LOG_FILE))
    except OSError as error:
        logger.warning("There is no log file: %s", error)


def stop_logging() -> None:
    """Undo `start_logging`: flush and close what it opened."""
    logger = logging.getLogger("studio")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def _file_handler(file: Path) -> logging.Handler:
    handler = RotatingFileHandler(
        file, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter(_FORMAT))
    return handler
