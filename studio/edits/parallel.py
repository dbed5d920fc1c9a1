"""Work on bands of rows, several at a time: numpy and scipy let go of Python's lock."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from studio.core.control import RunControl

WORKERS = max(1, min(4, os.cpu_count() or 1))
_NAME = "bands"
ROWS = 128  # of a band: few enough that what is worked on stays in the processor's cache


def bands(height: int, rows: int = ROWS) -> Iterator[slice]:
    """Slices that cover `height` rows, `rows` at a time."""
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


def each_band(
    height: int, work: Callable[[slice], None], control: RunControl | None = None, rows: int = ROWS
) -> None:
    """Call `work` for every band, from several threads at once where there is more than one.

    Inside of such work, bands are done one after the other.

    Raises:
        Cancelled: `control` was cancelled meanwhile.
    """

    def checked(band: slice) -> None:
        if control is not None:
            control.check()
        work(band)

    parts = list(bands(height, max(1, rows)))
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
