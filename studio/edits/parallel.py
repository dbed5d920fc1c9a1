"""Work on bands of rows, several at a time: numpy and scipy let go of Python's lock."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from studio.core.control import RunControl

Part = TypeVar("Part")
WORKERS = max(1, min(4, os.cpu_count() or 1))
_NAME = "bands"
ROWS = 128  # of a band: few enough that what is worked on stays in the processor's cache
_control: ContextVar[RunControl | None] = ContextVar("control", default=None)


@contextmanager
def cancelable(control: RunControl) -> Iterator[None]:
    """Whatever is done in bands meanwhile, however deep inside, ends when `control` says so."""
    token = _control.set(control)
    try:
        yield
    finally:
        _control.reset(token)


def bands(height: int, rows: int = ROWS) -> Iterator[slice]:
    """Slices that cover `height` rows, `rows` at a time."""
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


def each_band(height: int, work: Callable[[slice], None], rows: int = ROWS) -> None:
    """Call `work` for every band of so many rows; see `each`."""
    each(list(bands(height, max(1, rows))), work)


def each(parts: Sequence[Part], work: Callable[[Part], None]) -> None:
    """Call `work` for every part, from several threads at once where there is more than one.

    Inside of such work, parts are done one after the other.

    Raises:
        Cancelled: inside of `cancelable`, whose control was cancelled meanwhile.
    """
    control = _control.get()

    def checked(part: Part) -> None:
        if control is not None:
            control.check()
            _control.set(control)  # this thread may be another one
        work(part)

    if len(parts) <= 1 or WORKERS == 1 or threading.current_thread().name.startswith(_NAME):
        for part in parts:
            checked(part)
        return
    with ThreadPoolExecutor(WORKERS, _NAME) as threads:
        try:
            list(threads.map(checked, parts))
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise
