"""A log that must stay silent."""

from __future__ import annotations

import logging
import re
from types import TracebackType
from typing import Self


class LogGuard(logging.Handler):
    """Collects records of level WARNING and above on the root logger while it is entered."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._records: list[str] = []
        self._expected: list[str] = []

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def expect(self, pattern: str) -> None:
        """Allow, and demand, at least one record in which `pattern` (a regex) is found."""
        self._expected.append(pattern)

    def verify(self) -> None:
        """Raise AssertionError on unexpected records and on expected ones that did not come."""
        unexpected = [
            text for text in self._records if not any(re.search(p, text) for p in self._expected)
        ]
        missing = [
            p for p in self._expected if not any(re.search(p, text) for text in self._records)
        ]
        assert not unexpected, "unexpected log records:\n" + "\n".join(unexpected)
        assert not missing, f"log records that were announced did not come: {missing}"
