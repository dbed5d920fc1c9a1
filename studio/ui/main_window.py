"""The window: bars, docks and canvas around one studio."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMainWindow,
    QMenuBar,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from studio.app import incoming
from studio.app.action import Context
from studio.app.actions import MENUS, ActionTable
from studio.app.notifications import Notification
from studio.app.settings import SettingsSession
from studio.app.shortcuts import Shortcuts
from studio.app.studio import Studio
from studio.core.latent import LatentPoint
from studio.errors import StudioError
from studio.paths import APP_NAME
from studio.ui import icons, theme
from studio.ui.action_set import ActionSet
from studio.ui.canvas.drops import dropped_files
from studio.ui.canvas.view import CanvasView
from studio.ui.docks import Docks
from studio.ui.leaving import Leaving
from studio.ui.message_bar import MessageBar
from studio.ui.options_bar import OptionsBar
from studio.ui.panel import PANELS
from studio.ui.shell import WindowShell
from studio.ui.status_bar import StatusBar
from studio.ui.tool_rail import ToolRail
from studio.ui.top_bar import TopBar
from studio.ui.welcome import Welcome
from studio.ui.widgets.toast import ToastArea

if TYPE_CHECKING:
    from studio.app.likeness import Comparison

SIZE = (1600, 1000)
MINIMUM = (1024, 640)
READING_S = {"bad": 15.0, "attention": 10.0}  # how long a toast of that tone stays
BRIEF_S = 5.0
TOASTS_ABOVE = 44  # px: the zoom bar of the canvas stays free


class MainWindow(QMainWindow):
    """Builds the parts and connects them to the sessions; lives in the GUI thread.

    Emits `painted()` once, after the first frame.
    """

    painted = Signal()

    def __init__(
        self,
        studio: Studio,
        settings: SettingsSession,
        make_shell: Callable[[MainWindow], WindowShell] = WindowShell,
    ) -> None:
        super().__init__()
        self.studio = studio
        self.settings = settings
        self.shell = make_shell(self)
        self.context = Context(studio, self.shell)
        studio.painting.box.restore(settings.window.get("paints"))
        self.canvas = CanvasView(
            studio.documents, studio.canvas, studio.selections, studio.painting, studio.aids
        )
        self.docks = Docks(self, studio, PANELS)
        self.welcome = Welcome(studio)
        self.message = MessageBar()
        self.status = StatusBar(studio)
        self.leaving = Leaving(self.context, self.close, self)
        self._bars: list[QToolBar] = []
        self.is_painted = False
        self._lay_out()
        self._connect()
        self._show_project()

    # --- Parts ---

    def _lay_out(self) -> None:
        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(*MINIMUM)
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        bar = QMenuBar()
        self._menus = {name: bar.addMenu(name) for name in MENUS}
        self.top_bar = TopBar(self.studio, bar)
        self.setMenuWidget(self.top_bar)
        self.options = OptionsBar(self.canvas)
        self.rail = ToolRail()
        self._bars = [self.options, self.rail]
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.options)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self.rail)
        self.setStatusBar(self.status)
        self._center = QStackedWidget()
        self._center.addWidget(self.welcome)
        self._center.addWidget(_column(self.message, self.canvas))
        self.setCentralWidget(self._center)
        self.toasts = ToastArea(self._center, above=TOASTS_ABOVE)
        self._restore_geometry()

    @cached_property
    def commands(self) -> ActionSet:
        """All commands, made when they are first needed: operations and panels come from many
        files, and the first paint does not wait for them.
        """
        from studio.ui.canvas.tool_list import TOOLS, groups

        shortcuts = Shortcuts(ActionTable(PANELS, TOOLS), self.settings, self)
        commands = ActionSet(shortcuts, self.context, self, self.canvas)
        commands.fill(self._menus)
        self.rail.fill([commands[f"tool.{tool.id}"] for tool in group] for group in groups())
        self.docks.changed.connect(commands.refresh_soon)
        self.canvas.tool_changed.connect(commands.refresh_soon)
        self.studio.aids.changed.connect(commands.refresh_soon)
        self.settings.changed.connect(commands.refresh_soon)
        return commands

    def _connect(self) -> None:
        studio = self.studio
        studio.project.opened.connect(self._show_project)
        studio.project.closed.connect(self._show_project)
        studio.project.dirty_changed.connect(self.setWindowModified)
        studio.project.recovery_offered.connect(self._offer_recovery)
        studio.project.view_wanted.connect(self._hand_over_view)
        studio.notifications.posted.connect(self._toast)
        studio.likeness.compared.connect(self._show_nearest)
        self.settings.changed.connect(self._follow_settings)
        self.welcome.dropped.connect(self._take_dropped)
        self.top_bar.training_clicked.connect(lambda: self.docks.show("training"))
        self.top_bar.device_clicked.connect(lambda: self.docks.show("training"))
        self.top_bar.palette_clicked.connect(lambda: self.commands.run("help.palette"))
        self.canvas.tool_changed.connect(self._follow_tool)
        self.canvas.pointer_moved.connect(self.status.set_pointer)
        self.canvas.open_in_explorer.connect(self._open_in_explorer)
        self.canvas.files_dropped.connect(self._take_files)
        self.canvas.latent_dropped.connect(self._take_latent)
        self._follow_tool()

    # --- The project in view ---

    def _show_project(self) -> None:
        """Welcome screen or workspace; the docks lie as this project left them."""
        project = self.studio.project
        is_open = project.project is not None
        self.setWindowTitle(f"{project.name if is_open else APP_NAME}[*]")
        self.message.dismiss()
        self._center.setCurrentIndex(int(is_open))
        for bar in self._bars:
            bar.setVisible(is_open)
        self.status.setVisible(is_open)
        if not is_open:
            self.docks.set_all_shown(False)
            return
        self.commands.refresh_soon()
        view = project.view
        self.docks.restore(view.get("docks", ""))
        self.studio.aids.restore(view.get("aids"))
        with contextlib.suppress(StudioError):  # a tool of another version
            self.canvas.set_tool(str(view.get("tool", self.canvas.tool_id)))
        self.canvas.fit()
        self.canvas.setFocus()

    def _hand_over_view(self) -> None:
        view = {
            "docks": self.docks.state(),
            "tool": self.canvas.tool_id,
            "aids": self.studio.aids.to_json(),
        }
        self.studio.project.view = {**self.studio.project.view, **view}

    def _offer_recovery(self) -> None:
        project = self.studio.project
        self.message.ask(
            "There is newer work than the last save: the studio did not end as it should.",
            {"Recover it": project.recover, "Keep the saved state": project.discard_recovery},
        )

    # --- Following ---

    def _follow_tool(self) -> None:
        self.status.set_hint(self.canvas.tool_info.hint)

    def _follow_settings(self) -> None:
        apply_settings(self.studio, self.settings)

    def _show_nearest(self, found: Comparison) -> None:
        from studio.ui.dialogs.nearest import NearestSheet

        NearestSheet(found, self).open()

    def _toast(self, notification: Notification) -> None:
        action = None
        if notification.action in self.commands.table:
            row = self.commands[notification.action]
            action = (row.text(), row.trigger)
        self.toasts.show_message(
            notification.message,
            notification.hint,
            notification.tone,
            action,
            READING_S.get(notification.tone, BRIEF_S),
        )

    def _open_in_explorer(self, layer_id: str) -> None:
        self.studio.latent.open_layer(layer_id)
        self.docks.show("explorer")

    # --- Drops ---

    def _take_files(self, files: list[Path], _place: QPointF) -> None:
        incoming.take(self.context, files)

    def _take_dropped(self, files: tuple[Path, ...]) -> None:
        incoming.take(self.context, files)

    def _take_latent(self, point: LatentPoint, place: QPointF) -> None:
        self.studio.latent.place_on_canvas(point, (place.x(), place.y()))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        incoming.take(self.context, dropped_files(event.mimeData()))
        event.acceptProposedAction()

    # --- Life ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button that has the focus; Qt knows only the space bar for that."""
        button = QApplication.focusWidget()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and isinstance(
            button, QAbstractButton
        ):
            button.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.is_painted:
            self.is_painted = True
            QTimer.singleShot(0, self._follow_first_paint)

    def _follow_first_paint(self) -> None:
        self.painted.emit()
        self.commands.refresh_soon()  # makes them
        QTimer.singleShot(0, self, self.docks.prepare)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.leaving.ready:
            event.ignore()
            self.leaving.begin()
            return
        geometry = base64.b64encode(self.saveGeometry().data())
        paints = self.studio.painting.box.to_json()
        self.settings.keep_window(geometry=geometry.decode("ascii"), paints=paints)
        self.canvas.close()
        event.accept()

    def _restore_geometry(self) -> None:
        self.resize(*SIZE)
        geometry = str(self.settings.window.get("geometry", ""))
        self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))


def _column(*widgets: QWidget) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        column.addWidget(widget)
    return body


def apply_settings(studio: Studio, settings: SettingsSession) -> None:
    """Let the settings take effect."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if theme.current().name != settings.values.theme:
        theme.apply(app, theme.THEMES[settings.values.theme])
    studio.project.set_autosave_seconds(settings.values.autosave_seconds)
