"""Finds what a Qt test left behind: threads, timers, top-level widgets."""

from __future__ import annotations

import gc
import sys
from types import TracebackType
from typing import Any, Self

import pytest


class QtWatch:
    """Notes where threads and timers are started while it is entered, and which windows existed.

    Wraps `QThread.start` and `QTimer.start`, as napari's tests do: only so can it name the line
    that started what is still running. Timers of Qt's own are not seen, and are not ours.
    """

    def __init__(self) -> None:
        from PySide6 import QtCore, QtWidgets

        self._core = QtCore
        self._widgets = QtWidgets
        self._patch = pytest.MonkeyPatch()
        self._started: list[tuple[Any, str]] = []
        self._windows_before: set[Any] = set()

    def __enter__(self) -> Self:
        self._windows_before = set(self._widgets.QApplication.topLevelWidgets())
        for kind in (self._core.QThread, self._core.QTimer):
            self._patch.setattr(kind, "start", self._noting(kind.start))
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._patch.undo()

    def verify(self) -> None:
        """Raise AssertionError naming what is left, after Qt had its chance to delete it."""
        self._settle()
        left = self._left()
        if left:  # unreachable cycles count as gone; collecting is slow, so only now
            gc.collect()
            self._settle()
            left = self._left()
        self._started.clear()
        assert not left, "left behind by the test:\n" + "\n".join(left)

    def _noting(self, start: Any) -> Any:
        def noted(thing: Any, *args: Any) -> None:
            caller = sys._getframe(1)
            place = f"{caller.f_code.co_filename}:{caller.f_lineno}"
            self._started.append((thing, place))
            start(thing, *args)

        return noted

    def _settle(self) -> None:
        app = self._core.QCoreApplication
        app.sendPostedEvents(None, self._core.QEvent.Type.DeferredDelete.value)
        app.processEvents()

    def _left(self) -> list[str]:
        from shiboken6 import isValid

        running = [
            f"{type(thing).__name__} “{thing.objectName()}” started at {place}"
            for thing, place in self._started
            if isValid(thing) and self._is_active(thing)
        ]
        windows = [
            f"top-level {type(widget).__name__} “{widget.windowTitle() or widget.objectName()}”"
            for widget in self._widgets.QApplication.topLevelWidgets()
            if widget not in self._windows_before and widget.parent() is None
        ]
        return running + windows

    def _is_active(self, thing: Any) -> bool:
        if isinstance(thing, self._core.QThread):
            return bool(thing.isRunning())
        return bool(thing.isActive())
