"""Going from panel to panel by keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

_TAB = Qt.FocusPolicy.TabFocus


def walk_focus(places: Sequence[QWidget], step: int) -> None:
    """Give the focus to the next of `places` (-1: the one before) that has something to use.

    Starts from the place that has the focus, and goes around. A place is a widget that takes the
    focus itself, or one that holds such.
    """
    focus = QApplication.focusWidget()
    at = next((n for n, place in enumerate(places) if _holds(place, focus)), 0)
    for away in range(1, len(places)):
        if focus_into(places[(at + away * step) % len(places)]):
            return


def focus_into(place: QWidget) -> bool:
    """Give the focus to the first thing to use in a place; returns whether there is any."""
    first = next(_usable(place), None)
    if first is not None:
        first.setFocus(Qt.FocusReason.TabFocusReason)
    return first is not None


def _holds(place: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (place is focus or place.isAncestorOf(focus))


def _usable(place: QWidget) -> Iterator[QWidget]:
    """What the Tab key would stop at in a place, in its order."""
    widget: QWidget | None = place
    while widget is not None:
        takes = (widget.focusPolicy() & _TAB) == _TAB
        if takes and widget.isVisible() and widget.isEnabled() and _holds(place, widget):
            yield widget
        widget = widget.nextInFocusChain()
        if widget is place:
            return
