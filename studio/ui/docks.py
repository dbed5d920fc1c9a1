"""The docks around the canvas: one for each panel, movable, hideable, remembered."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from functools import cached_property

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QTabBar,
    QTabWidget,
    QWidget,
)

from studio.app.studio import Studio
from studio.ui.panel import PanelInfo, Place

LAYOUT_VERSIONS = {False: 1, True: 2}  # by whether the window is low: another arrangement
# Unless a panel sets its own: what follows from what they show would move the docks around them.
LEAST_HEIGHT = 116

_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly
_AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
}
_WIDTHS = {"left": 292, "right": 384}
# Top to bottom, with the share of the column's height.
_COLUMNS: dict[str, tuple[tuple[Place, int], ...]] = {
    "left": (("left", 40), ("left bottom", 60)),
    "right": (("right", 58), ("right middle", 24), ("right bottom", 18)),
}
_LOW_WINDOW = 800  # px: below, what is at the bottom shares a place, and pictures stay big
_LOWEST: Place = "right bottom"
_SHARED: Place = "right middle"


class Docks(QObject):
    """Owns the docks of the window, made when they are first needed: not for the first paint.

    Emits `changed()` when one is shown, hidden or moved.
    """

    changed = Signal()

    def __init__(self, window: QMainWindow, studio: Studio, panels: Iterable[PanelInfo]) -> None:
        super().__init__(window)
        self._window = window
        self._studio = studio
        self._panels = panels
        self._before_hiding: QByteArray | None = None
        self._titles = QTimer(self, singleShot=True, interval=0)
        self._titles.timeout.connect(self._title_lone_docks)
        self._sizes = QTimer(self, singleShot=True, interval=0)  # once the window has laid out
        self._sizes.timeout.connect(self._set_sizes)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.GroupedDragging
        )

    @cached_property
    def _docks(self) -> dict[str, QDockWidget]:
        ranked = sorted(self._panels, key=lambda panel: panel.rank)
        return {panel.id: self._make(panel) for panel in ranked}

    def prepare(self) -> None:
        """Make all docks now, hidden, so that opening a project does not wait for them."""
        self._docks  # noqa: B018  (the first look makes them)

    @property
    def _are_made(self) -> bool:
        return "_docks" in vars(self)

    def widget(self, panel_id: str) -> QWidget:
        """The panel itself.

        Raises:
            KeyError: there is no such panel.
        """
        return self._docks[panel_id].widget()

    def __contains__(self, panel_id: object) -> bool:
        return panel_id in self._docks

    # --- Showing and hiding ---

    def show(self, panel_id: str) -> None:
        """Bring a panel to the front."""
        if panel_id in self._docks:
            self._docks[panel_id].show()
            self._docks[panel_id].raise_()

    def toggle(self, panel_id: str) -> None:
        """Hide a panel that is in view; bring one that is not to the front."""
        if self.is_in_view(panel_id):
            self._docks[panel_id].hide()
        else:
            self.show(panel_id)

    def is_in_view(self, panel_id: str) -> bool:
        """Whether it can be seen: neither hidden nor behind another tab."""
        return self.is_shown(panel_id) and not self._docks[panel_id].visibleRegion().isEmpty()

    def in_view(self) -> list[QDockWidget]:
        """The docks that can be seen, from the left and from the top."""
        seen = (dock for panel_id, dock in self._docks.items() if self.is_in_view(panel_id))
        return sorted(seen, key=lambda dock: (dock.x(), dock.y()))

    def is_shown(self, panel_id: str) -> bool:
        return self._are_made and not self._docks[panel_id].isHidden()

    def set_all_shown(self, shown: bool) -> None:
        """Hide every dock, or bring back those that were hidden together, as large as they were."""
        if not self._are_made:
            return
        if shown and self._before_hiding is not None:
            if not self._window.restoreState(self._before_hiding, self._version):
                self.arrange()
            self._before_hiding = None
        elif not shown and self._before_hiding is None:
            self._before_hiding = self._window.saveState(self._version)
            for dock in self._docks.values():
                dock.hide()

    def toggle_all(self) -> None:
        hidden_together = self._before_hiding is not None
        if all(dock.isHidden() for dock in self._docks.values()) and not hidden_together:
            self.arrange()
        else:
            self.set_all_shown(hidden_together)

    # --- Layout ---

    def arrange(self) -> None:
        """Every dock where it belongs at first."""
        self._before_hiding = None
        for side, column in _COLUMNS.items():
            for place, _ in column:
                self._stack(self._group(place), _AREAS[side])
        self._titles.start()
        self._sizes.start()

    @property
    def _is_low(self) -> bool:
        return self._window.height() < _LOW_WINDOW

    @property
    def _version(self) -> int:
        """A layout that was made in a high window is none for a low one."""
        return LAYOUT_VERSIONS[self._is_low]

    def _group(self, place: Place) -> list[QDockWidget]:
        """The docks of a place; in a low window the lowest is part of the one above it."""
        places = {place}
        if self._is_low:
            places = {_SHARED, _LOWEST} if place == _SHARED else places - {_LOWEST}
        docks = [dock for dock in self._docks.values() if dock.property("place") in places]
        return sorted(docks, key=lambda dock: dock.property("place") == _LOWEST)

    def _stack(self, group: list[QDockWidget], area: Qt.DockWidgetArea) -> None:
        """The docks of one place as tabs, at the bottom of their column."""
        for dock in group:
            dock.setFloating(False)
            self._window.addDockWidget(area, dock, Qt.Orientation.Vertical)
            if dock is not group[0]:
                self._window.tabifyDockWidget(group[0], dock)
            dock.show()
        if group:
            group[0].raise_()

    def _set_sizes(self) -> None:
        for side, column in _COLUMNS.items():
            firsts = [group[0] for place, _ in column if (group := self._group(place))]
            shares = [share for place, share in column if self._group(place)]
            heights = [share * self._window.height() // 100 for share in shares]
            self._window.resizeDocks(firsts[:1], [_WIDTHS[side]], Qt.Orientation.Horizontal)
            self._window.resizeDocks(firsts, heights, Qt.Orientation.Vertical)

    def _make_room(self, dock: QDockWidget, height: int) -> None:
        """Let a panel grow to `height` px, so far as there is room; it never shrinks.

        The highest of its column gives it, down to its least: a list of layers keeps its few rows.
        """
        others = self._others_of_column(dock)
        missing = height - dock.widget().height()
        if dock.isFloating() or not others:
            return
        giver, *rest = sorted(others, key=QDockWidget.height, reverse=True)
        taken = min(missing, giver.height() - giver.minimumSizeHint().height())
        if taken > 0:
            heights = [
                dock.height() + taken,
                giver.height() - taken,
                *map(QDockWidget.height, rest),
            ]
            self._window.resizeDocks([dock, giver, *rest], heights, Qt.Orientation.Vertical)

    def _others_of_column(self, dock: QDockWidget) -> list[QDockWidget]:
        """The other docks in view on the side where `dock` is."""
        area = self._window.dockWidgetArea(dock)
        return [
            other
            for panel_id, other in self._docks.items()
            if other is not dock
            and self._window.dockWidgetArea(other) == area
            and not other.isFloating()
            and self.is_in_view(panel_id)
        ]

    def state(self) -> str:
        """Where every dock is, as text for the project file."""
        saved = self._window.saveState(self._version)
        return base64.b64encode(saved.data()).decode("ascii")

    def restore(self, state: object) -> None:
        """Put the docks where `state` says; what cannot be read, or was made in a window of another
        height, is as good as nothing.
        """
        try:
            data = base64.b64decode(str(state), validate=True)
        except (binascii.Error, ValueError):
            data = b""
        self.arrange()
        if data and self._window.restoreState(QByteArray(data), self._version):
            self._sizes.stop()  # those of `state` hold

    # --- Titles ---

    def _make(self, panel: PanelInfo) -> QDockWidget:
        dock = QDockWidget(panel.title, self._window)
        dock.setObjectName(f"dock:{panel.id}")
        dock.setProperty("place", panel.place)
        widget = panel.create(self._studio)
        widget.setProperty("surface", "panel")
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        widget.setMinimumHeight(widget.minimumHeight() or LEAST_HEIGHT)
        dock.setWidget(widget)
        dock.setTitleBarWidget(_own_title(widget) or _DockTitle(panel.title))
        room_wanted = getattr(widget, "room_wanted", None)
        if room_wanted is not None:
            room_wanted.connect(lambda height: self._make_room(dock, height))
        set_in_view = getattr(widget, "set_in_view", None)
        if set_in_view is not None:
            dock.visibilityChanged.connect(set_in_view)
        for signal in (dock.topLevelChanged, dock.dockLocationChanged, dock.visibilityChanged):
            signal.connect(self._follow)
        return dock

    def _follow(self) -> None:
        self._titles.start()
        self.changed.emit()

    def _title_lone_docks(self) -> None:
        """Docks that share a place have tabs, which open under a drag; one alone has a title."""
        for bar in self._window.findChildren(QTabBar, options=_DIRECT):
            bar.setChangeCurrentOnDrag(True)
            bar.setAcceptDrops(True)
        for dock in self._docks.values():
            others = [d for d in self._window.tabifiedDockWidgets(dock) if not d.isHidden()]
            title = dock.titleBarWidget()
            if isinstance(title, _DockTitle):
                title.set_open(not others or dock.isFloating())


def _own_title(panel: QWidget) -> QWidget | None:
    """The title that a panel brings; it stays in view beside tabs too."""
    title = getattr(panel, "dock_title", None)
    if title is None:
        return None
    assert isinstance(title, QWidget)
    title.setProperty("surface", "bar")
    title.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return title


class _DockTitle(QWidget):
    """The slim title of a dock: a handle to drag it by, nothing more."""

    HEIGHT = 32

    def __init__(self, title: str) -> None:
        super().__init__()
        self._open = True
        self._label = QLabel(title)
        self._label.setProperty("role", "heading")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.addWidget(self._label)
        row.addStretch(1)
        self.setProperty("surface", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def set_open(self, is_open: bool) -> None:
        if is_open != self._open:
            self._open = is_open
            self._label.setVisible(is_open)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(60, self.HEIGHT if self._open else 0)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
