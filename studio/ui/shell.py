"""What the commands may ask of the window; implements `studio.app.action.Shell`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from studio.paths import logs_dir

if TYPE_CHECKING:
    from studio.app.action import Answer
    from studio.app.export_plan import ExportPlan
    from studio.core.canvas_size import CanvasSize
    from studio.project.edit_recipes import EditRecipe
    from studio.ui.main_window import MainWindow


_EXPORTS = "export_folder"


class WindowShell:
    """Asks with the window's dialogs and moves its parts. Knows the window, owns nothing.

    Dialogs are imported when they are asked for: the window is there sooner without them.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    # --- Questions ---

    def ask_images(self) -> tuple[Path, ...]:
        from studio.ui.dialogs import files

        return files.ask_images(self._window)

    def ask_picture(self) -> Path | None:
        from studio.ui.dialogs import files

        return files.ask_picture(self._window)

    def ask_pictures(self) -> tuple[Path, ...]:
        from studio.ui.dialogs import files

        return files.ask_pictures(self._window)

    def ask_longest_side(self, name: str, px: int) -> int | None:
        from studio.ui.dialogs.drawing_size import DrawingSizeSheet

        sheet = DrawingSizeSheet(name, px, self._window)
        return sheet.longest if sheet.exec() else None

    def ask_layered_file(self, name: str) -> Path | None:
        from studio.ui.dialogs import files

        return files.ask_layered_file(self._window, name)

    def ask_drawing_file(self, name: str) -> Path | None:
        from studio.ui.dialogs import files

        return files.ask_drawing_file(self._window, name)

    def ask_variation(self) -> Path | None:
        from studio.ui.dialogs import files

        return files.ask_variation(self._window)

    def ask_model(self) -> Path | None:
        from studio.ui.dialogs import files

        return files.ask_model(self._window)

    def ask_project(self) -> Path | None:
        from studio.ui.dialogs import files

        return files.ask_project(self._window)

    def ask_new_folder(self, name: str) -> Path | None:
        from studio.ui.dialogs import files

        return files.ask_new_folder(self._window, name)

    def ask_sample(self) -> str | None:
        from studio.ui.dialogs.prompt import ChoiceSheet

        samples = self._window.studio.sample_sets()
        choices = {sample.id: (sample.title, sample.sentence) for sample in samples}
        sheet = ChoiceSheet("Open sample project", choices, self._window)
        sheet.exec()
        return sheet.choice

    def ask_export(self) -> ExportPlan | None:
        from studio.app.export_preview import ExportPreview
        from studio.ui.dialogs import files
        from studio.ui.dialogs.export import ExportSheet

        studio, settings = self._window.studio, self._window.settings
        document, layer = studio.documents.document, studio.documents.active_layer
        last = Path(str(settings.window.get(_EXPORTS, "")))
        folder = last if last.is_absolute() and last.is_dir() else files.pictures_folder()
        sheet = ExportSheet(
            studio.exchange.remembered_plan(folder),
            {
                "canvas": True,
                "layer": layer is not None,
                "selection": document.selection is not None,
            },
            ExportPreview(document, layer, studio.lanes["edits"]),
            self._window,
        )
        if not sheet.exec():
            return None
        settings.keep_window(**{_EXPORTS: str(sheet.plan.folder)})
        return sheet.plan

    def ask_recipe(self) -> EditRecipe | None:
        from studio.ui.dialogs.recipes import RecipeSheet

        sheet = RecipeSheet(self._window.studio.recipes, self._window)
        return sheet.chosen if sheet.exec() else None

    def ask_new_canvas(self) -> CanvasSize | None:
        from studio.ui.dialogs.new_canvas import ask_new_canvas

        return ask_new_canvas(self._window)

    def ask_canvas_size(self) -> CanvasSize | None:
        from studio.ui.dialogs.canvas_size import CanvasSizeSheet

        sheet = CanvasSizeSheet(self._window.studio.documents.document, self._window)
        return sheet.chosen if sheet.exec() else None

    def ask_text(self, title: str, text: str) -> str | None:
        from studio.ui.dialogs.prompt import TextSheet

        sheet = TextSheet(title, text, self._window)
        return sheet.field.text() if sheet.exec() else None

    def ask_params(self, title: str, params: Any, show: Callable[[Any], None]) -> Any:
        from studio.ui.dialogs.params import ParamSheet

        sheet = ParamSheet(title, params, show, self._window)
        return sheet.params if sheet.exec() else None

    def ask_choice(self, title: str, choices: Sequence[str]) -> str | None:
        from studio.ui.dialogs.prompt import ChoiceSheet

        sheet = ChoiceSheet(title, {choice: (choice, "") for choice in choices}, self._window)
        sheet.exec()
        return sheet.choice

    def ask_unsaved(self, name: str) -> Answer:
        from studio.ui.dialogs.unsaved import ask_unsaved

        return ask_unsaved(name, self._window)

    # --- The window itself ---

    def quit(self) -> None:
        self._window.close()

    def show_dialog(self, name: Literal["shortcuts", "about", "settings", "palette"]) -> None:
        from studio.ui.command_palette import CommandPalette
        from studio.ui.dialogs.about import AboutSheet
        from studio.ui.dialogs.settings import SettingsSheet
        from studio.ui.dialogs.shortcuts import ShortcutSheet

        window = self._window
        match name:
            case "palette":
                CommandPalette(window.commands, window).open()
            case "shortcuts":
                ShortcutSheet(window.commands, window).exec()
            case "about":
                AboutSheet(window).exec()
            case "settings":
                SettingsSheet(window.settings, window).exec()

    def show_batch(self, files: tuple[Path, ...]) -> None:
        from studio.ui.dialogs.batch import BatchSheet

        sheet = BatchSheet(self._window.studio, files, self._window)
        sheet.exec()
        sheet.deleteLater()

    def show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(logs_dir())))

    def set_theme(self, name: str) -> None:
        self._window.settings.change(theme=name)

    def theme(self) -> str:
        return self._window.settings.values.theme

    # --- Docks ---

    def show_panel(self, panel_id: str) -> None:
        self._window.docks.show(panel_id)

    def uncover_panel(self, panel_id: str) -> None:
        """Bring a panel to the front that stands behind another; a hidden one stays hidden."""
        if self._window.docks.is_shown(panel_id):
            self._window.docks.show(panel_id)

    def toggle_panel(self, panel_id: str) -> None:
        self._window.docks.toggle(panel_id)

    def panel_shown(self, panel_id: str) -> bool:
        return self._window.docks.is_in_view(panel_id)

    def toggle_docks(self) -> None:
        self._window.docks.toggle_all()

    def walk_panels(self, step: int) -> None:
        """Give the focus to the next part of the window (-1: to the one before)."""
        from studio.ui.focus_walk import walk_focus

        window = self._window
        walk_focus([window.canvas, window.options, *window.docks.in_view()], step)

    def reset_layout(self) -> None:
        self._window.docks.arrange()

    def start_training(self) -> None:
        from studio.ui.panels.training import TrainingPanel

        self.show_panel("training")
        panel = self._window.docks.widget("training")
        assert isinstance(panel, TrainingPanel)
        panel.start_training()

    # --- Canvas ---

    def fit(self) -> None:
        self._window.canvas.fit()

    def set_zoom(self, zoom: float) -> None:
        self._window.canvas.zoom_to(zoom)

    def zoom_in(self) -> None:
        self._window.canvas.zoom_in()

    def zoom_out(self) -> None:
        self._window.canvas.zoom_out()

    def pick_tool(self, tool_id: str) -> None:
        self._window.canvas.set_tool(tool_id)

    def tool(self) -> str:
        return self._window.canvas.tool_id
