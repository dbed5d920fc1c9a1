"""When something breaks that should not: save first, tell once, leave a trace.

Python exceptions that nobody caught arrive at hooks; a crash of the process itself leaves a
faulthandler file, which the next start offers.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import platform
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QObject, Signal, qVersion

from studio import __version__
from studio.paths import logs_dir

log = logging.getLogger(__name__)

REPORT_LIMIT = 100_000  # characters: enough for any trace, small enough to paste into a mail
OLD_DAYS = 7
_TRACES = "fault-*.txt"


@dataclass(frozen=True, slots=True)
class CrashReport:
    """One unexpected error: what it is in a line, and everything there is to copy."""

    summary: str
    details: str


class CrashHandler(QObject):
    """Catches what nobody caught, in any thread. Lives in the GUI thread.

    `rescue` writes the emergency copy; it is called before anything else when the GUI thread
    broke. Emits `crashed(CrashReport)` in the GUI thread. The same error is told once.
    """

    crashed = Signal(CrashReport)
    _caught = Signal(object)

    def __init__(self, rescue: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rescue = rescue
        self._told: set[str] = set()
        self._trace_file: TextIO | None = None
        self._caught.connect(self._tell)

    # --- Hooks ---

    def install(self) -> None:
        """Take over Python's hooks for errors, and write fatal traces into `logs_dir`."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        with contextlib.suppress(OSError):  # without a log folder the hooks still work
            logs_dir().mkdir(parents=True, exist_ok=True)
            self._trace_file = _trace_path().open("w", encoding="utf-8")
            faulthandler.enable(self._trace_file)

    def uninstall(self) -> None:
        """Give the hooks back; a trace file that stayed empty goes."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        if self._trace_file is not None:
            faulthandler.disable()
            self._trace_file.close()
            self._trace_file = None
            _trace_path().unlink(missing_ok=True)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if threading.current_thread() is threading.main_thread():
            self._save_what_can_be_saved()
        self._report("".join(traceback.format_exception(kind, error, trace)))

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            trace = traceback.format_exception(args.exc_value)
            self._report(f"{args.err_msg or 'Ignored'}: {args.object!r}\n{''.join(trace)}")

    def _save_what_can_be_saved(self) -> None:
        try:
            self._rescue()
        except Exception:
            log.exception("The emergency copy could not be written")

    def _report(self, trace: str) -> None:
        log.error("Unexpected error\n%s", trace)
        self._caught.emit(trace)

    def _tell(self, trace: str) -> None:
        if trace not in self._told:
            self._told.add(trace)
            summary = trace.strip().splitlines()[-1]
            self.crashed.emit(CrashReport(summary, f"{about_machine()}\n\n{trace}"))


# --- What the last run left ---


def take_last_trace() -> CrashReport | None:
    """The trace of a run that died, once: it is kept under another name. None: all ended well."""
    newest: CrashReport | None = None
    for path in sorted(logs_dir().glob(_TRACES), key=_age, reverse=True):
        with contextlib.suppress(OSError):
            text = path.read_text(encoding="utf-8", errors="replace")[:REPORT_LIMIT]
            if text.strip():
                path.replace(path.with_name(path.name.replace("fault-", "seen-fault-")))
                newest = CrashReport(text.splitlines()[0], f"{about_machine()}\n\n{text}")
            elif _age(path) > OLD_DAYS * 86400:  # may be that of a studio that runs right now
                path.unlink()
    return newest


def about_machine() -> str:
    """Versions and platform; nothing about the person."""
    return (
        f"Latent Studio {__version__}, Python {platform.python_version()}, "
        f"Qt {qVersion()}, {platform.platform()}"
    )


def _trace_path() -> Path:
    return logs_dir() / f"fault-{os.getpid()}.txt"


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime
