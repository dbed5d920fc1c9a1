"""Hands and eyes for the demo: real mouse events, and waiting that keeps the window alive."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

POLL_MS = 5
_NO_BUTTON, _LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton


class StageError(Exception):
    """A stage did not do what it says; the message says what is missing."""


def wait_for(what: str, is_so: Callable[[], bool], seconds: float = 30.0) -> None:
    """Run the event loop until `is_so`, be it for a moment.

    Raises:
        StageError: it did not come true within `seconds`.
    """
    if is_so():
        return
    loop = QEventLoop()
    came_true = False

    def ask() -> None:
        nonlocal came_true
        came_true = came_true or is_so()
        if came_true:
            loop.quit()

    poll = QTimer(interval=POLL_MS)
    poll.timeout.connect(ask)
    limit = QTimer(singleShot=True, interval=round(seconds * 1000))
    limit.timeout.connect(loop.quit)
    poll.start()
    limit.start()
    loop.exec()
    poll.stop()
    limit.stop()
    if not came_true:
        raise StageError(f"{what} did not happen within {seconds:.0f} s")


def demand(what: str, is_so: bool) -> None:
    """Raise `StageError` unless it is so."""
    if not is_so:
        raise StageError(what)


def click(widget: QWidget, position: QPointF | None = None) -> None:
    """Press and release the left button, in the middle unless `position` says where."""
    drag(widget, [position or QPointF(widget.rect().center())])


def drag(
    widget: QWidget, path: Sequence[QPointF], at_each: Callable[[], None] | None = None
) -> None:
    """Press at the first point, move along the others, release; `at_each` after each move."""
    _send(widget, QEvent.Type.MouseButtonPress, path[0], _LEFT, _LEFT)
    for position in path[1:]:
        _send(widget, QEvent.Type.MouseMove, position, _NO_BUTTON, _LEFT)
        if at_each is not None:
            at_each()
    _send(widget, QEvent.Type.MouseButtonRelease, path[-1], _LEFT, _NO_BUTTON)


def _send(
    widget: QWidget,
    kind: QEvent.Type,
    position: QPointF,
    button: Qt.MouseButton,
    held: Qt.MouseButton,
) -> None:
    place = widget.mapToGlobal(position)
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, position, place, button, held, none))
