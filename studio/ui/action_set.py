"""The command table as Qt actions, kept in step with the sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, SignalInstance
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from studio.app.action import Action, Context
from studio.app.shortcuts import Shortcuts
from studio.app.studio import Studio
from studio.ui import icons


class ActionSet(QObject):
    """Owns one `QAction` for each row of the table, and builds menus of them.

    Enabled states, check marks and titles follow the sessions: whatever changes, all rows are
    looked at once, when the event loop is free. Keys follow `shortcuts`.
    """

    def __init__(
        self, shortcuts: Shortcuts, context: Context, window: QWidget, canvas: QWidget
    ) -> None:
        super().__init__(window)
        self.table = table = shortcuts.table
        self.shortcuts = shortcuts
        self._context = context
        self._actions = {row.id: self._make(row) for row in table}
        for row in table:
            (canvas if row.canvas_only else window).addAction(self._actions[row.id])
        self._take_keys()
        shortcuts.changed.connect(self._take_keys)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        for signal in _signals(context.studio):
            signal.connect(self.refresh_soon)
        self.refresh()

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def __iter__(self) -> Iterator[tuple[Action, QAction]]:
        return ((row, self._actions[row.id]) for row in self.table)

    def run(self, action_id: str) -> None:
        """Do it, if it can be done now."""
        self.refresh()
        self._actions[action_id].trigger()

    def refresh_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Look at every row again."""
        studio = self._context.studio
        for row, action in self:
            action.setEnabled(row.enabled(studio))
            if row.checked is not None:
                action.setChecked(row.checked(self._context))
            if row.text is not None:
                action.setText(row.text(studio))

    def fill(self, menus: Mapping[str, QMenu]) -> None:
        """Put every row into the menu that it names."""
        for name, menu in menus.items():
            self._fill_menu(menu, self._rows_of(name))

    def _rows_of(self, menu: str) -> list[Action]:
        return [row for row in self.table if row.menu.partition("/")[0] == menu]

    def _fill_menu(self, menu: QMenu, rows: Iterable[Action]) -> None:
        menu.aboutToShow.connect(self.refresh)
        submenus: dict[str, QMenu] = {}
        section = 0
        for row in rows:
            submenu = row.menu.partition("/")[2]
            if row.section != section:
                menu.addSeparator()
                section = row.section
            if submenu and submenu not in submenus:
                submenus[submenu] = menu.addMenu(submenu)
            target = submenus[submenu] if submenu else menu
            target.addAction(self._actions[row.id])

    def _make(self, row: Action) -> QAction:
        action = QAction(row.title, self)
        action.setObjectName(row.id)
        if row.canvas_only:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if row.icon:
            action.setIcon(icons.icon(row.icon))
        action.setIconVisibleInMenu(bool(row.icon) and "/" in row.menu)
        action.setCheckable(row.checked is not None)
        action.setToolTip(row.tip or row.title.rstrip("…"))
        if row.id == "file.quit":
            action.setMenuRole(QAction.MenuRole.QuitRole)
        action.triggered.connect(lambda _checked=False, row=row: self._run(row))
        return action

    def _take_keys(self) -> None:
        for row, action in self:
            action.setShortcuts([QKeySequence(key) for key in self.shortcuts.keys(row.id)])

    def _run(self, row: Action) -> None:
        self._context.studio.notifications.attempt(partial(row.run, self._context))
        self.refresh_soon()


def _signals(studio: Studio) -> tuple[SignalInstance, ...]:
    return (
        studio.documents.changed,
        studio.documents.active_changed,
        studio.documents.target_changed,
        studio.documents.undo_stack.indexChanged,
        studio.project.opened,
        studio.project.closed,
        studio.project.saved,
        studio.dataset.changed,
        studio.dataset.busy_changed,
        studio.doctor.changed,
        studio.training.changed,
        studio.latent.model_changed,
    )
