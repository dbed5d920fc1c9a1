"""One program at a time writes into a project: a lock that the system lets go of at a crash."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from pathlib import Path

from studio.core.files import told_as_studio_error
from studio.errors import StudioError

_LOCKED_BYTE = 1 << 30  # on Windows a locked byte cannot be read, so one behind the text is locked


class ProjectLock:
    """Holds the file ``lock`` in a project's folder, which names the holder, until `release`."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            StudioError: another window has it, or the folder cannot be written.
        """
        path = folder / "lock"
        with told_as_studio_error(f"“{folder.name}” could not be opened for writing"):
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not _try_lock(self._handle):
            os.close(self._handle)
            raise StudioError(
                f"“{folder.stem}” is open in another window ({_holder(path)}).", "Close it there."
            )
        os.ftruncate(self._handle, 0)
        os.write(self._handle, json.dumps(_myself()).encode())

    def release(self) -> None:
        """Let go; harmless when done twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _myself() -> dict[str, str | int]:
    return {"pid": os.getpid(), "host": platform.node()}


def _holder(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        data = json.loads(path.read_bytes())
        return f"process {int(data['pid'])} on {data['host']}"
    return "by another process"


def _try_lock(handle: int) -> bool:
    """Lock without waiting. A file system that has no locks counts as free."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(handle, 0, os.SEEK_SET)
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
