"""The one way the studio writes to disk: a file is the old one or the new one, never a mixture.

Recipe: a temporary name beside the target, write, flush to the disk, replace, flush the folder.
It holds against ``kill -9``, a full disk and exceptions; temporaries of killed processes are
removed by `sweep_stale_temps`.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import re
import shutil
import stat
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from studio.errors import StudioError

_TEMP = re.compile(r"\..*\.(?P<pid>\d+)\.\d+\.tmp")
_ABANDONED = 24 * 3600.0  # s; older than any write lasts, whoever's process id the name bears
_NAME_LIMIT = 40  # characters of the target's name kept in the temporary's, which must stay short
_RETRIES = 6  # on Windows a virus scanner or indexer may hold a file for a moment
_COUNTER = itertools.count()


@contextlib.contextmanager
def atomic_write(path: Path, called: str = "") -> Iterator[Path]:
    """Yield a temporary path (an empty file) that takes the place of `path` when the block ends.

    Write to the yielded path and close it. If the block raises, `path` is untouched and the
    temporary is gone. The folder must exist. Errors name the file, or what it is `called`.

    Raises:
        StudioError: the disk refused: full, read-only, gone.
    """
    temp = temp_beside(path)
    try:
        with told_as_studio_error(f"{called or f'“{path.name}”'} could not be written"):
            temp.touch(exist_ok=False)
            mode = stat.S_IMODE(temp.stat().st_mode)  # some writers leave a private file behind
            yield temp
            temp.chmod(mode)
            _sync_file(temp)
            _replace(temp, path)
            _sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):  # a read-only disk refuses even this
            temp.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder that takes the place of `folder` when the block ends.

    If the block raises, the old folder stays; the temporary and parents made for it are gone.

    Raises:
        StudioError: the disk refused.
    """
    temp = temp_beside(folder)
    displaced = temp_beside(folder)
    missing = [parent for parent in folder.parents if not parent.exists()]
    try:
        with told_as_studio_error(f"The folder “{folder.name}” could not be written"):
            folder.parent.mkdir(parents=True, exist_ok=True)
            temp.mkdir()
            yield temp
            for file in temp.rglob("*"):
                if file.is_file():
                    _sync_file(file)
            if folder.exists():
                _replace(folder, displaced)
            _replace(temp, folder)
            _sync_folder(folder.parent)
    except BaseException:
        if displaced.exists() and not folder.exists():
            displaced.rename(folder)
        shutil.rmtree(temp, ignore_errors=True)
        _remove_if_empty(missing)
        raise
    shutil.rmtree(displaced, ignore_errors=True)


def write_bytes_atomic(path: Path, data: bytes, called: str = "") -> None:
    """Write a whole file with `atomic_write`."""
    with atomic_write(path, called) as temp:
        temp.write_bytes(data)


def write_json_atomic(path: Path, data: Any, called: str = "") -> None:
    """Write JSON with `atomic_write`; odd file names (lone surrogates) survive `read_json`."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    write_bytes_atomic(path, text.encode("utf-8", "surrogatepass"), called)


def read_json(path: Path, limit: int = 64 << 20) -> Any:
    """The data of a JSON file that may have been damaged or made by somebody else.

    Raises:
        StudioError: missing, unreadable, over `limit` bytes, or not JSON.
    """
    with told_as_studio_error(f"“{path.name}” could not be read"):
        if path.stat().st_size > limit:
            raise StudioError(f"“{path.name}” is too large to be one of the studio's files.")
        data = path.read_bytes()
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise StudioError(f"“{path.name}” is damaged: {error}.") from error


def spoken_name(path: Path, unnamed: str = "") -> str:
    """What a person calls a file: the “name” that it holds if it is JSON, or else in the JSON file
    beside it, as models have it that lie under their hash; without one `unnamed`, or its own name.
    """
    try:
        name = str(read_json(path.with_suffix(".json"))["name"])
    except (StudioError, KeyError, TypeError):
        name = ""
    return name or unnamed or path.name


def files_below(folder: Path) -> Iterator[Path]:
    """Files of a folder and its folders, always in the same order; what is hidden is left out."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(here, name) for name in sorted(names) if not name.startswith("."))


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep_stale_temps(folder: Path) -> int:
    """Remove what killed processes left half-written in `folder`; returns how many there were.

    Temporaries of a living process are left alone, unless they are a day old.
    """
    removed = 0
    for item in folder.iterdir() if folder.is_dir() else ():
        match = _TEMP.fullmatch(item.name)
        if match is None or not _is_stale(item, int(match["pid"])):
            continue
        if item.is_dir():
            shutil.rmtree(item, ignore_errors=True)
        else:
            item.unlink(missing_ok=True)
        removed += 1
    return removed


def process_is_alive(pid: int) -> bool:
    """Whether a process of that id runs on this machine."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        return _is_alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


@contextlib.contextmanager
def told_as_studio_error(what: str) -> Iterator[None]:
    """Turn an `OSError` of the block into a sentence: ``what``, the system's reason, a way out."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise StudioError(f"{what}: {reason}.", _hint(error)) from error


def _hint(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "Check that the file and its folder still exist."
    return "Check the free space and the permissions, or choose another folder."


def temp_beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:_NAME_LIMIT]}.{os.getpid()}.{next(_COUNTER)}.tmp")


def _remove_if_empty(folders: Iterable[Path]) -> None:
    """Innermost first."""
    with contextlib.suppress(OSError):
        for folder in folders:
            folder.rmdir()


def _is_stale(temp: Path, pid: int) -> bool:
    try:
        age = time.time() - temp.lstat().st_mtime
    except OSError:
        return False
    return age > _ABANDONED or (pid != os.getpid() and not process_is_alive(pid))


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        if sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)  # fsync alone leaves the data in the drive
        else:
            os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable. Not every file system can; the files themselves are safe by now."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _replace(source: Path, target: Path) -> None:
    for attempt in range(_RETRIES):
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or attempt == _RETRIES - 1:
                raise
            threading.Event().wait(0.02 * 2**attempt)
        else:
            return


def _is_alive_on_windows(pid: int) -> bool:
    """``os.kill(pid, 0)`` would end the process there, so the system is asked directly."""
    import ctypes

    query_limited_information, still_active = 0x1000, 259
    kernel: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(query_limited_information, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == still_active
