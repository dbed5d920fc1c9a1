"""The window as a whole: bars, docks, palette, drops, toasts, closing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.app import tile_preview
from studio.app.action import Answer
from studio.app.crash import CrashReport
from studio.app.settings import SettingsSession
from studio.app.studio import Studio
from studio.app.training_state import TrainingState
from studio.core.canvas_size import CanvasSize
from studio.core.control import RunControl
from studio.core.document import Document, Layer
from studio.ui import theme
from studio.ui.command_palette import CommandPalette
from studio.ui.command_rows import ROW
from studio.ui.dialogs.crash import CrashSheet
from studio.ui.dialogs.unsaved import UnsavedSheet
from studio.ui.explorer.pages.grid import GridPage
from studio.ui.fuzzy import score
from studio.ui.main_window import MainWindow, apply_settings
from studio.ui.panel import PANELS
from studio.ui.panels.explorer import ExplorerPanel
from studio.ui.shell import WindowShell
from tests.support.fakes import THREADS, FakeEngine
from tests.support.studios import open_model
from tests.support.waiting import wait_for, wait_until_calm

popups = pytest.mark.qt_log_ignore("does not support grabbing", extend=True)  # offscreen


class PreparedShell(WindowShell):
    """Answers without dialogs."""

    unsaved: Answer = "cancel"
    new_canvas: CanvasSize | None = None
    asked = 0

    def ask_unsaved(self, name: str) -> Answer:
        self.asked += 1
        return self.unsaved

    def ask_new_canvas(self) -> CanvasSize | None:
        return self.new_canvas


@pytest.fixture
def open_window(qtbot: QtBot, fake_engine: FakeEngine) -> Iterator[Callable[[], MainWindow]]:
    """Makes windows, each with a studio of its own, and ends them."""
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app)
        window = MainWindow(Studio(lambda: fake_engine), SettingsSession(), PreparedShell)
        apply_settings(window.studio, window.settings)
        qtbot.addWidget(window, before_close_func=_let_go)
        windows.append(window)
        window.show()
        wait_for(qtbot, lambda: window.is_painted)
        return window

    yield make
    for window in windows:
        window.studio.close()


def _let_go(window: QWidget) -> None:
    assert isinstance(window, MainWindow)
    window.leaving.ready = True


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:
    return open_window()


def shown_docks(window: MainWindow) -> set[str]:
    return {panel.id for panel in PANELS if window.docks.is_shown(panel.id)}


def press(qtbot: QtBot, widget: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    qtbot.keyClick(widget, key, held)


# --- Start ---


def test_the_first_screen_is_the_welcome(window: MainWindow) -> None:
    assert window.welcome.isVisible()
    assert not window.canvas.isVisible()
    assert not window.options.isVisible()
    assert shown_docks(window) == set()


def test_nothing_heavy_is_imported_before_the_first_paint(data_dir: Path) -> None:
    program = (
        "import sys\n"
        "import studio.ui.main as main\n"
        "def report(*_args):\n"
        "    heavy = ('torch', 'torchvision', 'scipy')\n"
        "    heavy += tuple(m for m in sys.modules if m.startswith('skimage.') and '._' not in m)\n"
        "    found = [m for m in heavy if m in sys.modules]\n"
        "    print('heavy:', found, flush=True)\n"
        "    import os; os._exit(0)\n"
        "main._after_first_paint = report\n"
        "main.main([])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert "heavy: []" in done.stdout, done.stdout + done.stderr


def test_qt_does_not_read_the_source_of_what_is_imported_beside_the_window() -> None:
    program = (
        "import studio.ui, PySide6.QtCore, linecache, this\n"
        "print('read:', [name for name in linecache.cache if name.endswith('this.py')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert "read: []" in done.stdout


@pytest.mark.parametrize("argument", ["no-such-folder", "."])
def test_what_is_no_project_is_refused_in_one_sentence(tmp_path: Path, argument: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "studio", argument],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert argument in done.stderr
    assert "project folder" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


# --- Project, bars and docks ---


def test_nothing_is_made_for_a_panel_behind_another_tab(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def tile_of(layer: Layer, document: Document, control: RunControl) -> tile_preview.Tile:
        made.append(layer.name)
        return make(layer, document, control)

    make = tile_preview.tile_of
    monkeypatch.setattr(tile_preview, "tile_of", tile_of)
    window.studio.project.create("Otter poster")
    window.commands.run("layer.add")
    wait_until_calm(qtbot, window.studio)
    assert not window.docks.is_in_view("pattern")
    assert not made
    window.docks.show("pattern")
    qtbot.waitUntil(lambda: bool(made))


def test_a_project_brings_docks_bars_and_its_name(qtbot: QtBot, window: MainWindow) -> None:
    window.studio.project.create("Otter poster")
    assert window.canvas.isVisible()
    assert window.options.isVisible()
    assert shown_docks(window) == {panel.id for panel in PANELS}
    assert window.top_bar.project.text().startswith("Otter poster")
    window.commands.run("file.save")
    qtbot.waitUntil(lambda: window.top_bar.project.text() == "Otter poster · saved just now")
    window.commands.run("layer.add")
    assert "edited" in window.top_bar.project.text()
    assert window.status.undo.text() == "Undo: add layer"
    window.studio.documents.undo_stack.undo()
    window.commands.run("file.close_project")
    qtbot.waitUntil(window.welcome.isVisible)
    assert shown_docks(window) == set()


def test_tab_on_the_canvas_hides_and_brings_back(qtbot: QtBot, window: MainWindow) -> None:
    window.studio.project.create("Test")
    window.docks.toggle("layers")
    rest = shown_docks(window)
    assert "layers" not in rest
    window.commands.refresh()
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    press(qtbot, window.canvas, Qt.Key.Key_Tab)
    assert shown_docks(window) == set()
    press(qtbot, window.canvas, Qt.Key.Key_Tab)
    assert shown_docks(window) == rest


def test_layers_keep_their_rows_when_a_form_unfolds(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1400, 900)
    window.studio.project.create("Test")
    window.studio.documents.add_empty_layer()
    layers, edits = (window.docks.widget(panel) for panel in ("layers", "edits"))
    wait_for(qtbot, lambda: edits.height() > 0)
    before = layers.height()
    assert before >= layers.minimumHeight() >= layers.layout().minimumSize().height()
    window.studio.edits.add("curves")
    wait_for(qtbot, lambda: edits.height() > 250)
    assert layers.height() >= before


def test_an_edit_from_the_menu_brings_its_settings_to_the_front(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.studio.project.create("Test")
    window.studio.documents.add_empty_layer()
    docks = {dock.objectName(): dock for dock in window.findChildren(QDockWidget)}
    window.tabifyDockWidget(docks["dock:layers"], docks["dock:edits"])
    window.docks.show("layers")
    wait_for(qtbot, lambda: not window.docks.is_in_view("edits"))
    window.commands.refresh()
    window.commands.run("adjust.invert")
    wait_for(qtbot, lambda: window.docks.is_in_view("edits"))
    window.docks.set_all_shown(False)
    window.commands.run("adjust.invert")
    assert shown_docks(window) == set()


def test_every_panel_is_reached_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    window.studio.project.create("Test")
    window.studio.documents.add_empty_layer()
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    wait_for(qtbot, lambda: len(window.docks.in_view()) > 2)
    window.commands.refresh()
    visited: list[QWidget] = []
    for _ in range(len(window.docks.in_view()) + 2):
        window.commands.run("view.next_panel")
        focus = QApplication.focusWidget()
        assert focus is not None
        visited.append(focus)
    docks = window.docks.in_view()
    reached = {dock.objectName() for dock in docks if any(map(dock.isAncestorOf, visited))}
    empty = {"dock:explorer"}  # it has no model yet
    assert reached == {dock.objectName() for dock in docks} - empty
    assert window.canvas in visited
    window.canvas.setFocus()
    window.commands.run("view.previous_panel")
    assert any(dock.isAncestorOf(QApplication.focusWidget()) for dock in docks)


def test_another_theme_moves_nothing(qtbot: QtBot, window: MainWindow) -> None:
    window.studio.project.create("Test")
    window.commands.refresh()

    def places() -> list[QPoint]:
        tools = window.rail.findChildren(QToolButton)
        return [tool.mapTo(window, QPoint()) for tool in tools if tool.isVisible()]

    wait_for(qtbot, places)
    before = places()
    window.commands.run("view.theme_light")
    assert theme.current().name == "light"
    QApplication.processEvents()
    assert places() == before
    assert min(place.x() for place in before) == 8


def test_return_presses_the_button_that_has_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    pressed: list[bool] = []
    window.welcome.open_picture.clicked.disconnect()
    window.welcome.open_picture.clicked.connect(lambda: pressed.append(True))
    window.activateWindow()
    window.welcome.open_picture.setFocus()
    qtbot.waitUntil(window.welcome.open_picture.hasFocus)
    press(qtbot, window.welcome.open_picture, Qt.Key.Key_Return)
    assert len(pressed) == 1


def test_a_page_of_the_explorer_that_is_turned_to_gets_room(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.resize(1400, 900)
    window.studio.project.create("Test")
    open_model(window.studio, qtbot, "stylegan")
    window.studio.documents.add_empty_layer()
    panel, edits = (window.docks.widget(panel) for panel in ("explorer", "edits"))
    assert isinstance(panel, ExplorerPanel)
    wait_for(qtbot, lambda: edits.height() > 0)
    window.studio.edits.add("curves")
    wait_for(qtbot, lambda: edits.height() > 250)
    before = panel.height()
    qtbot.mouseClick(panel.explorer.tabs.button("steer"), Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: panel.height() > before + 50)
    wait_until_calm(qtbot, window.studio)


def test_a_canvas_of_any_size_can_be_begun_with(qtbot: QtBot, window: MainWindow) -> None:
    shell = window.shell
    assert isinstance(shell, PreparedShell)
    shell.new_canvas = CanvasSize(640, 360, 72)
    window.commands.run("file.new_canvas")
    wait_for(qtbot, window.canvas.isVisible)
    document = window.studio.documents.document
    assert (document.width, document.height, document.dpi) == (640, 360, 72)
    assert window.studio.project.name == "Untitled"
    assert window.studio.documents.active_layer is not None  # a brush has something to paint on


def test_the_layout_comes_back_with_the_project(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    window = open_window()
    window.studio.project.create("Test")
    folder = window.studio.project.folder
    assert folder is not None
    window.commands.run("view.history")  # to the front
    assert window.docks.is_in_view("history")
    window.commands.run("view.history")
    window.canvas.set_tool("hand")
    window.commands.run("view.grid")
    assert "history" not in shown_docks(window)
    window.commands.run("file.close_project")
    qtbot.waitUntil(lambda: window.studio.project.folder is None)
    other = open_window()
    other.studio.project.open(folder)
    wait_for(qtbot, lambda: other.studio.project.folder)
    assert "history" not in shown_docks(other)
    assert "layers" in shown_docks(other)
    assert other.canvas.tool_id == "hand"
    assert other.commands["view.grid"].isChecked()
    other.commands.run("view.reset_layout")
    assert "history" in shown_docks(other)


def test_keys_are_the_tools_while_it_draws_and_commands_else(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.studio.project.create("Test")
    window.studio.documents.add_empty_layer()
    canvas, documents = window.canvas, window.studio.documents
    window.commands.run("tool.polygon")
    window.activateWindow()
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus)
    qtbot.waitUntil(window.commands["edit.delete"].isEnabled)
    for place in (QPoint(200, 200), QPoint(300, 200)):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    press(qtbot, canvas, Qt.Key.Key_Backspace)
    assert len(documents.document.layers) == 1
    for place in (QPoint(300, 300), QPoint(200, 300)):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    press(qtbot, canvas, Qt.Key.Key_Return)
    assert documents.document.selection is not None
    window.commands.run("select.none")
    press(qtbot, canvas, Qt.Key.Key_Backspace)
    assert not documents.document.layers


def test_keys_of_a_picture_pick_no_tool(qtbot: QtBot, window: MainWindow) -> None:
    window.studio.project.create("Test")
    open_model(window.studio, qtbot)
    panel, latent = window.docks.widget("explorer"), window.studio.latent
    assert isinstance(panel, ExplorerPanel)
    page, tool = panel.explorer.pages["grid"], window.canvas.tool_id
    assert isinstance(page, GridPage)
    window.activateWindow()
    page.grid.setFocus()
    qtbot.waitUntil(page.grid.hasFocus)
    press(qtbot, page.grid, Qt.Key.Key_S)
    press(qtbot, page.grid, Qt.Key.Key_T)
    assert latent.state.favorites == (latent.state.point,)
    assert [key.point for key in latent.state.timeline.keys] == [latent.state.point]
    assert window.canvas.tool_id == tool
    press(qtbot, page.grid, Qt.Key.Key_E)
    assert window.canvas.tool_id == "eraser"
    wait_until_calm(qtbot, window.studio)


def test_a_layout_that_cannot_be_read_is_the_first_one(window: MainWindow) -> None:
    window.studio.project.create("Test")
    window.docks.toggle("layers")
    window.docks.restore("not base64 at all")
    assert shown_docks(window) == {panel.id for panel in PANELS}


def test_tools_bring_their_options_and_hints(qtbot: QtBot, window: MainWindow) -> None:
    window.studio.project.create("Test")
    window.commands.run("tool.crop")
    assert window.canvas.tool_id == "crop"
    qtbot.waitUntil(lambda: not window.commands["tool.move"].isChecked())
    assert window.commands["tool.crop"].isChecked()
    assert any(label.text() == "Crop" for label in window.options.findChildren(QLabel))
    assert window.status.hint.text()


def test_the_pill_says_how_training_stands(
    qtbot: QtBot, window: MainWindow, picture_folder: Path
) -> None:
    studio = window.studio
    studio.new_project([picture_folder])
    wait_for(qtbot, lambda: studio.dataset.info)
    assert window.top_bar.training.isHidden()
    words: set[str] = set()
    studio.training.changed.connect(lambda: words.add(window.top_bar.training.text()[:8]))
    studio.training.changed.connect(lambda: words.add(window.top_bar.device.text()[:11]))
    window.commands.refresh()
    window.commands.run("model.train")
    wait_for(qtbot, lambda: studio.latent.card and not studio.training.active)
    wait_until_calm(qtbot, studio)
    assert {"Getting ", "Training", f"CPU · {THREADS} of "} <= words
    assert window.top_bar.training.isHidden()


# --- Finding commands ---


@popups
def test_the_palette_is_worked_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    window.studio.project.create("Test")
    window.studio.documents.add_empty_layer()
    palette = CommandPalette(window.commands, window)
    palette.open()
    assert "file.save" in palette.shown_ids()
    qtbot.keyClicks(palette.field, "gauss")
    assert palette.shown_ids()[0] == "adjust.gaussian_blur"
    assert palette.list.height() == ROW * len(palette.shown_ids())  # no more than there is
    press(qtbot, palette.field, Qt.Key.Key_Return)
    layer = window.studio.documents.active_layer
    assert layer is not None
    assert [step.operation for step in layer.edits] == ["gaussian_blur"]
    wait_until_calm(qtbot, window.studio)


@popups
def test_the_palette_walks_and_refuses(qtbot: QtBot, window: MainWindow) -> None:
    palette = CommandPalette(window.commands, window)
    palette.open()
    qtbot.keyClicks(palette.field, "theme")
    assert palette.shown_ids()[:2] == ["view.theme_dark", "view.theme_light"]
    press(qtbot, palette.field, Qt.Key.Key_Down)
    press(qtbot, palette.field, Qt.Key.Key_Return)
    assert theme.current().name == "light"
    window.settings.change(theme="dark")
    palette = CommandPalette(window.commands, window)
    palette.open()
    qtbot.keyClicks(palette.field, "place on canvas")
    press(qtbot, palette.field, Qt.Key.Key_Return)
    assert palette.isVisible(), "a command that cannot be used must not close the palette"
    assert not palette.nothing.isVisible()
    qtbot.keyClicks(palette.field, " xyz")
    assert palette.shown_ids() == []
    assert palette.nothing.isVisible()  # it says so, instead of an empty box
    palette.close()


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("gb", "Gaussian blur", "Bring Forward"),
        ("save", "Save", "Save a Copy as"),
        ("exp", "Export Picture", "Exposure of nothing in particular"),
        ("nl", "New Layer", "Invert Selection"),
    ],
)
def test_the_better_match_comes_first(query: str, better: str, worse: str) -> None:
    good, bad = score(query, better), score(query, worse)
    assert good is not None
    assert bad is None or good > bad


def test_what_does_not_match_is_left_out() -> None:
    assert score("xyz", "Gaussian blur") is None
    assert score("", "anything") == 0.0


# --- Sheets ---


def test_the_unsaved_sheet_answers(qtbot: QtBot, window: MainWindow) -> None:
    answers = []
    for name in ("save_button", "discard_button", "cancel_button"):
        sheet = UnsavedSheet("Otter", window)
        getattr(sheet, name).click()
        answers.append(sheet.answer)
    assert answers == ["save", "discard", "cancel"]


def test_a_crash_can_be_copied(qtbot: QtBot, window: MainWindow) -> None:
    sheet = CrashSheet(CrashReport("KeyError: x", "everything there is to know"), parent=window)
    sheet.copy_button.click()
    assert QApplication.clipboard().text() == "everything there is to know"


# --- Messages ---


def test_notifications_become_toasts_with_a_way_out(window: MainWindow) -> None:
    window.studio.notifications.post("Look here.", "A hint.", "attention", "view.theme_light")
    (toast,) = window.toasts.toasts
    assert {"Look here.", "A hint."} <= {label.text() for label in toast.findChildren(QLabel)}
    window.toasts.clear()


def test_newer_work_is_offered_in_a_bar(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    window = open_window()
    project = window.studio.project
    project.create("Test")
    folder = project.folder
    assert folder is not None
    window.studio.documents.add_empty_layer()
    project.save_emergency_copy()
    project.close()
    project.open(folder)
    wait_for(qtbot, window.message.isVisible)
    assert window.studio.documents.document.layers == ()
    recover = window.message.answers[0]
    qtbot.mouseClick(recover, Qt.MouseButton.LeftButton)
    assert len(window.studio.documents.document.layers) == 1
    assert project.dirty
    assert not window.message.isVisible()


# --- Drops ---


def test_images_dropped_on_the_window_begin_a_project(
    qtbot: QtBot, window: MainWindow, picture_folder: Path
) -> None:
    drop(window, [picture_folder])
    wait_for(qtbot, lambda: window.studio.dataset.info)
    assert window.studio.project.name == picture_folder.name


def test_a_single_picture_dropped_on_the_welcome_is_opened(
    qtbot: QtBot, window: MainWindow, picture_folder: Path
) -> None:
    picture = min(picture_folder.iterdir())
    window.welcome.dropped.emit((picture,))
    wait_for(qtbot, lambda: len(window.studio.documents.document.layers) == 1)
    assert window.studio.project.name == picture.stem
    assert window.studio.dataset.info is None


def test_a_project_dropped_on_the_welcome_opens(qtbot: QtBot, window: MainWindow) -> None:
    project = window.studio.project
    project.create("Geese")
    folder = project.folder
    assert folder is not None
    project.close()
    window.welcome.dropped.emit((folder,))
    wait_for(qtbot, lambda: project.folder == folder)


def test_a_drawing_dropped_on_the_welcome_is_as_large_as_is_said(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mark.svg"
    file.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="24" height="12"/>')
    monkeypatch.setattr(window.shell, "ask_longest_side", lambda _name, px: px // 2)
    window.welcome.dropped.emit((file,))
    wait_for(qtbot, lambda: window.studio.documents.document.layers)
    document = window.studio.documents.document
    assert (document.width, document.height) == (512, 256)


def test_images_dropped_on_the_canvas_become_layers(
    qtbot: QtBot, window: MainWindow, picture_folder: Path
) -> None:
    window.studio.project.create("Test")
    drop(window.canvas, sorted(picture_folder.iterdir())[:3])
    wait_for(qtbot, lambda: len(window.studio.documents.document.layers) == 3)
    wait_until_calm(qtbot, window.studio)


def test_a_folder_dropped_on_the_canvas_is_learned_from(
    qtbot: QtBot, window: MainWindow, picture_folder: Path
) -> None:
    window.studio.project.create("Test")
    drop(window.canvas, [picture_folder])
    wait_for(qtbot, lambda: window.studio.dataset.info is not None)
    wait_until_calm(qtbot, window.studio)
    assert window.studio.documents.document.layers == ()


def drop(widget: QWidget, files: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    event = QDropEvent(
        QPointF(widget.rect().center()),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    widget.dropEvent(event)


# --- Closing ---


def test_closing_a_clean_window_keeps_its_place(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    window = open_window()
    window.resize(1024, 700)  # the offscreen screen is no wider
    window.close()
    wait_for(qtbot, lambda: not window.isVisible())
    assert open_window().size() == window.size()


@pytest.mark.parametrize("answer", ["save", "discard", "cancel"])
def test_closing_with_unsaved_work_asks_once(
    qtbot: QtBot, window: MainWindow, answer: Answer
) -> None:
    shell = window.shell
    assert isinstance(shell, PreparedShell)
    shell.unsaved = answer
    window.studio.project.create("Test")
    window.studio.documents.add_empty_layer()
    window.close()
    wait_until_calm(qtbot, window.studio)
    if answer == "cancel":
        assert window.isVisible()
    else:
        wait_for(qtbot, lambda: not window.isVisible())
    assert shell.asked == 1


def test_closing_while_training_keeps_the_checkpoint(
    qtbot: QtBot, open_window: Callable[[], MainWindow], picture_folder: Path
) -> None:
    window = open_window()
    studio = window.studio
    studio.new_project([picture_folder])
    wait_for(qtbot, lambda: studio.dataset.info)
    studio.host.get().steps = 10**6  # type: ignore[attr-defined]
    info = studio.dataset.info
    assert info is not None
    studio.training.start(studio.training.recipes[0], info, 32, 60.0)
    wait_for(qtbot, lambda: studio.training.state is TrainingState.RUNNING)
    run = studio.training.run
    assert run is not None
    window.close()
    wait_for(qtbot, lambda: not window.isVisible())
    assert (run.out / "model.safetensors").is_file()
    assert not studio.training.active
    assert studio.latent.state.model, "the model was kept"
    assert not studio.project.dirty, "the next start would offer a recovery"


def test_what_changes_while_the_window_waits_is_saved_too(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    window = open_window()
    studio = window.studio
    studio.project.create("Test")
    arriving = iter((7, 8, 9))

    def arrive() -> None:
        for seed in arriving:
            studio.latent.go_to_seed(seed)
            return

    studio.project.saved.connect(arrive)
    studio.latent.go_to_seed(6)
    window.close()
    wait_for(qtbot, lambda: not window.isVisible())
    assert studio.latent.state.point.anchors[0].seed == 9
    assert not studio.project.dirty


def test_a_paused_training_does_not_hold_the_window(
    qtbot: QtBot, window: MainWindow, picture_folder: Path
) -> None:
    studio = window.studio
    studio.new_project([picture_folder])
    wait_for(qtbot, lambda: studio.dataset.info)
    studio.host.get().steps = 10**6  # type: ignore[attr-defined]
    info = studio.dataset.info
    assert info is not None
    studio.training.start(studio.training.recipes[0], info, 32, 60.0)
    wait_for(qtbot, lambda: studio.training.state is TrainingState.RUNNING)
    window.commands.run("model.pause")
    assert studio.training.state is TrainingState.PAUSED
    window.close()
    wait_for(qtbot, lambda: not window.isVisible())
