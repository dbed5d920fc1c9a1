"""Models: everything that was ever trained or imported on this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from studio.app.model_import import MODEL_SUFFIXES, ModelImport, is_model
from studio.app.model_shelf import ModelFacts
from studio.app.spoken import spoken_time
from studio.app.studio import Studio
from studio.ui.dialogs import files
from studio.ui.panel import PanelInfo
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.file_drop import FileDrop
from studio.ui.widgets.link import link
from studio.ui.widgets.progress_line import ProgressLine
from studio.ui.widgets.row_list import Row, RowList

PICTURE = 44


class ModelsPanel(QWidget):
    """The library, newest first; double-click explores. Accepts dropped model files."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._models: tuple[ModelFacts, ...] = ()
        self._pictures: dict[Path, QImage] = {}
        self.heading = ElidedLabel()
        self.heading.setProperty("role", "heading")
        self.import_link = link("Import…")
        self.import_link.setToolTip(
            "A model from elsewhere: the studio's own, or a .pkl of StyleGAN2 or 3"
        )
        self.coming = ComingModel(studio.model_import)
        self.list = RowList(PICTURE, detail_lines=2)
        self.list.setAccessibleName("Models")
        self.empty = EmptyState(
            "model",
            "No models yet",
            "A model is what training makes of your images. It appears here by itself.",
            "Import a model file…",
        )
        self._full = QWidget()
        self._lay_out()
        self._connect()
        self._show_models()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.heading, 1)
        row.addWidget(self.import_link)
        full = QVBoxLayout(self._full)
        full.setContentsMargins(14, 8, 14, 10)
        full.setSpacing(6)
        full.addLayout(row)
        full.addWidget(self.list, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.coming)
        column.addWidget(self.empty)
        column.addWidget(self._full)

    def _connect(self) -> None:
        self.empty.activated.connect(self._ask_import)
        self.import_link.clicked.connect(self._ask_import)
        self.list.opened.connect(self._explore)
        self.list.menu_requested.connect(self._show_menu)
        FileDrop(self).dropped.connect(self.take)
        self._studio.models_changed.connect(self._show_models)
        self._studio.latent.model_changed.connect(self._show_models)
        for key, act in (("F2", self._ask_name), ("Delete", self._ask_remove)):
            shortcut = QShortcut(QKeySequence(key), self.list, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)

    def take(self, dropped: tuple[Path, ...]) -> None:
        """Import model files; anything else is told."""
        for file in dropped:
            if is_model(file):
                self._studio.model_import.take(file)
            else:
                ends = " or ".join(MODEL_SUFFIXES)
                self._studio.notifications.post(
                    f"“{file.name}” is not a model file.", f"Models end in {ends}.", "attention"
                )

    def _ask_import(self) -> None:
        if file := files.ask_model(self):
            self._studio.model_import.take(file)

    def _show_models(self) -> None:
        self._models = self._studio.models
        card = self._studio.latent.card
        shown = card.sha256 if card else ""
        count = len(self._models)
        self.heading.setText("1 model" if count == 1 else f"{count} models")
        self.list.set_rows(
            [
                _row_of(model, self._pictures.get(model.thumbnail or Path()), model.sha256 == shown)
                for model in self._models
            ]
        )
        self.empty.setVisible(not self._models)
        self._full.setVisible(bool(self._models))
        self._load_pictures()

    def _load_pictures(self) -> None:
        """Pictures come after the words, from a lane."""
        files_ = [model.thumbnail for model in self._models if model.thumbnail]
        wanted = [file for file in files_ if file not in self._pictures]
        if wanted:
            self._studio.load_thumbnails(wanted, 2 * PICTURE, self._show_picture)

    def _show_picture(self, file: Path, picture: QImage) -> None:
        self._pictures[file] = picture
        for place, model in enumerate(self._models):
            if model.thumbnail == file:
                self.list.set_image(place, picture)

    # --- What can be done with one model ---

    def _explore(self, place: int) -> None:
        self._studio.latent.open_model(self._models[place].sha256)

    def _own(self) -> ModelFacts | None:
        """The current model, if it is the person's to change."""
        place = self.list.currentIndex().row()
        model = self._models[place] if place >= 0 else None
        return None if model is None or model.shipped else model

    def _ask_name(self) -> None:
        model = self._own()
        if model is None:
            return
        name, accepted = QInputDialog.getText(self, "Rename model", "Name", text=model.name)
        if accepted and name.strip() and name != model.name:
            self._studio.rename_model(model.sha256, name.strip())

    def _like(self, place: int) -> list[ModelFacts]:
        """Other models that may be of the same shape."""
        model = self._models[place]
        return [
            other
            for other in self._models
            if (other.family_id, other.size) == (model.family_id, model.size) and other != model
        ]

    def _ask_blend(self, place: int) -> None:
        from studio.ui.dialogs.blend_models import ModelBlendSheet

        model = self._models[place]
        family = self._studio.training.families.get(model.family_id)
        by_level = family is not None and family.blends_by_level
        sheet = ModelBlendSheet(model, self._like(place), self, by_level=by_level)
        if sheet.exec():
            self._studio.blend_models(model, sheet.second, sheet.share, sheet.from_px)

    def _ask_remove(self) -> None:
        model = self._own()
        if model is None:
            return
        box = QMessageBox(self)
        box.setWindowTitle("Remove model")
        box.setText(f"Move “{model.name}” to the trash?")
        box.setInformativeText("Pictures made with it stay, but cannot be steered any more.")
        box.addButton("Keep", QMessageBox.ButtonRole.RejectRole)
        remove = box.addButton("Move to trash", QMessageBox.ButtonRole.DestructiveRole)
        box.exec()
        if box.clickedButton() is remove:
            self._studio.remove_model(model.sha256)

    def _show_in_folder(self) -> None:
        model = self._models[self.list.currentIndex().row()]
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(model.path.parent)))

    def _show_menu(self, place: int, position: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction("Explore", lambda: self._explore(place))
        menu.addSeparator()
        rename = menu.addAction("Rename…", self._ask_name)
        blend = menu.addAction("Blend with…", lambda: self._ask_blend(place))
        blend.setEnabled(bool(self._like(place)))
        menu.addAction("Show in folder", self._show_in_folder)
        menu.addSeparator()
        remove = menu.addAction("Move to trash…", self._ask_remove)
        for change in (rename, remove):
            change.setEnabled(not self._models[place].shipped)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)


class ComingModel(QWidget):
    """What is being imported, how far that is, and a way out; hidden while nothing is."""

    def __init__(self, models: ModelImport) -> None:
        super().__init__()
        self._models = models
        self.text = ElidedLabel()
        self.cancel = link("Cancel")
        self.cancel.setToolTip("Stop here; nothing comes into the library")
        self.line = ProgressLine()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.line)
        self.cancel.clicked.connect(models.cancel)
        models.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        file = self._models.current
        self.setVisible(file is not None)
        if file is not None:
            self.text.setText(f"Importing {file.name}")
            self.line.set_fraction(self._models.progress or None)


def _row_of(model: ModelFacts, picture: QImage | None, shown: bool) -> Row:
    kind = " · ".join(filter(None, [model.family, f"{model.size} px" if model.size else ""]))
    date = datetime.fromtimestamp(model.added, tz=UTC).astimezone()
    when = "built in" if model.shipped else f"{date.day} {date:%b %Y}"
    trained = f"{spoken_time(model.seconds)} of training · {when}" if model.seconds else when
    tip = f"Learned from {model.learned_from}" if model.learned_from else ""
    return Row(model.name, f"{kind}\n{trained}" if kind else trained, picture, "model", tip, shown)


PANEL = PanelInfo("models", "Models", "model", "left", 1, ModelsPanel)
