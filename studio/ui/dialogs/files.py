"""Asking for files and folders; every question starts where its last answer was.

With ``STUDIO_NO_NATIVE_DIALOGS`` set, Qt's own dialogs are used: tests can drive those.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QSettings, QStandardPaths, QUrl
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QPushButton,
    QSplitter,
    QToolButton,
    QTreeView,
    QWidget,
)

from studio.app.layered_file import OPENABLE, TRAINABLE
from studio.app.model_import import MODEL_SUFFIXES
from studio.paths import data_dir, projects_dir
from studio.ui import icons

Paths: TypeAlias = tuple[Path, ...]

_SIZE = (820, 520)  # px of Qt's own dialog
_SIDE_BAR = 140

# Buttons of Qt's own dialog, which knows no theme, and our drawings for them.
_ICONS = {
    "backButton": "chevron-left",
    "forwardButton": "chevron-right",
    "toParentButton": "up",
    "newFolderButton": "folder",
    "listModeButton": "grid",
    "detailModeButton": "rows",
}


def ask_images(parent: QWidget | None) -> tuple[Path, ...]:
    """Picture files, or one folder with all that it holds; empty if the person thought better."""
    dialog = ImagesDialog(parent, _last("images", pictures_folder()))
    if not _accepted(dialog) or not dialog.chosen:
        return ()
    first = dialog.chosen[0]
    _remember("images", first if first.is_dir() else first.parent)
    return dialog.chosen


def ask_pictures(parent: QWidget | None) -> tuple[Path, ...]:
    """Picture files to put onto the canvas; may be empty."""
    return _ask_openable(parent, "Place pictures", QFileDialog.FileMode.ExistingFiles)


def ask_picture(parent: QWidget | None) -> Path | None:
    """A picture file to open as a canvas."""
    return _first(_ask_openable(parent, "Open picture", QFileDialog.FileMode.ExistingFile))


def _ask_openable(parent: QWidget | None, title: str, mode: QFileDialog.FileMode) -> Paths:
    dialog = _dialog(parent, title, "pictures", pictures_folder())
    dialog.setFileMode(mode)
    dialog.setNameFilters([_filter("Pictures", OPENABLE), "All files (*)"])
    return _answer(dialog, "pictures")


def ask_layered_file(parent: QWidget | None, name: str) -> Path | None:
    """Where a copy with layers shall be written."""
    return _ask_target(parent, "Save a layered copy", name, ("OpenRaster", "ora"))


def ask_drawing_file(parent: QWidget | None, name: str) -> Path | None:
    """Where a vector drawing shall be written."""
    return _ask_target(parent, "Save as a drawing", name, ("SVG", "svg"))


def _ask_target(
    parent: QWidget | None, title: str, name: str, kind: tuple[str, str]
) -> Path | None:
    """A file to write, of a kind that has a title and a suffix."""
    dialog = _dialog(parent, title, "export", pictures_folder())
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(f"{kind[0]} (*.{kind[1]})")
    dialog.setDefaultSuffix(kind[1])
    dialog.selectFile(name)
    return _first(_answer(dialog, "export"))


def ask_animation(parent: QWidget | None, title: str, name: str, suffix: str) -> Path | None:
    """Where an animation, or the first of its frames, shall be written."""
    dialog = _dialog(parent, title, "export", pictures_folder())
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(_filter(title, (suffix,)))
    dialog.setDefaultSuffix(suffix.removeprefix("."))
    dialog.selectFile(f"{name}{suffix}")
    return _first(_answer(dialog, "export"))


def ask_variation(parent: QWidget | None) -> Path | None:
    """An exported picture that carries its recipe."""
    dialog = _dialog(parent, "Open picture as variation", "export", pictures_folder())
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(
        [_filter("Exported pictures", (".png", ".jpg", ".webp", ".avif", ".tif")), "All files (*)"]
    )
    return _first(_answer(dialog, "export"))


def ask_model(parent: QWidget | None) -> Path | None:
    """A model file from elsewhere."""
    dialog = _dialog(parent, "Import model", "models", Path.home())
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([_filter("Models", MODEL_SUFFIXES), "All files (*)"])
    return _first(_answer(dialog, "models"))


def ask_project(parent: QWidget | None) -> Path | None:
    """The folder of a project."""
    dialog = _dialog(parent, "Open project", "projects", projects_dir())
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Open")
    chosen = _first(_answer(dialog, "projects"))
    if chosen is not None:
        _remember("projects", chosen.parent)
    return chosen


def ask_folder(parent: QWidget | None, title: str, start: Path) -> Path | None:
    """A folder that exists, for pictures to read or to write."""
    dialog = _dialog(parent, title, "", start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Choose")
    return Path(dialog.selectedFiles()[0]) if _accepted(dialog) else None


def ask_new_folder(parent: QWidget | None, name: str) -> Path | None:
    """Where a new project folder called `name` shall be made; it does not exist yet."""
    dialog = _dialog(parent, "Save a copy", "projects", projects_dir())
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter("Projects (*.studio)")
    dialog.setDefaultSuffix("studio")
    dialog.selectFile(name)
    return _first(_answer(dialog, "projects"))


class ImagesDialog(QFileDialog):
    """One dialog for both: mark picture files, or go into a folder and take all of it.

    Always Qt's own, because no system dialog offers files and folders at once. `chosen` is the
    answer once it was accepted.
    """

    def __init__(self, parent: QWidget | None, folder: Path) -> None:
        super().__init__(parent, "Choose images, or a folder of them", str(folder))
        self.chosen: tuple[Path, ...] = ()
        self.setOption(QFileDialog.Option.DontUseNativeDialog)
        self.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self.setNameFilters([_filter("Pictures", TRAINABLE), "All files (*)"])
        self.setLabelText(QFileDialog.DialogLabel.Accept, "Take files")
        _dress(self)
        self.whole_folder = QPushButton("Take whole folder")
        self.whole_folder.setToolTip("All pictures in the folder that is shown, and below it")
        self.whole_folder.clicked.connect(self._take_folder)
        buttons = self.findChild(QDialogButtonBox)
        if buttons is not None:
            buttons.addButton(self.whole_folder, QDialogButtonBox.ButtonRole.ActionRole)
        self.filesSelected.connect(self._take_files)

    def _take_files(self, files: Sequence[str]) -> None:
        self.chosen = tuple(Path(file) for file in files)

    def _take_folder(self) -> None:
        """The marked folders if there are any, else the one that is shown."""
        marked = tuple(Path(file) for file in self.selectedFiles() if Path(file).is_dir())
        self.chosen = marked or (Path(self.directory().absolutePath()),)
        self.done(QDialog.DialogCode.Accepted)


def _dialog(parent: QWidget | None, title: str, topic: str, fallback: Path) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(_last(topic, fallback)))
    if os.environ.get("STUDIO_NO_NATIVE_DIALOGS"):
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    _dress(dialog)
    return dialog


def _dress(dialog: QFileDialog) -> None:
    """Qt's own dialog in the look of the studio, with its columns as wide as what they say.

    A dialog of the system has nothing of that, and stays as it is.
    """
    dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
    dialog.setSidebarUrls([QUrl.fromLocalFile(str(place)) for place in _places()])
    dialog.resize(*_SIZE)
    for splitter in dialog.findChildren(QSplitter):
        splitter.setSizes([_SIDE_BAR, _SIZE[0] - _SIDE_BAR])
    for button in dialog.findChildren(QToolButton):
        if drawing := _ICONS.get(button.objectName()):
            button.setIcon(icons.icon(drawing))
    for completer in dialog.findChildren(QCompleter):
        if popup := completer.popup():
            popup.setProperty("surface", "popup")
    for tree in dialog.findChildren(QTreeView):
        columns = tree.header()
        columns.setStretchLastSection(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)


def _answer(dialog: QFileDialog, topic: str) -> tuple[Path, ...]:
    if not _accepted(dialog):
        return ()
    chosen = tuple(Path(file) for file in dialog.selectedFiles())
    _remember(topic, chosen[0].parent)
    return chosen


def _accepted(dialog: QFileDialog) -> bool:
    """Ask; the dialog goes when the event loop is next, so that its answer can still be read."""
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return accepted


def _first(paths: Sequence[Path]) -> Path | None:
    return paths[0] if paths else None


def _filter(title: str, suffixes: Sequence[str]) -> str:
    return f"{title} ({' '.join(f'*{suffix}' for suffix in suffixes)})"


def _places() -> list[Path]:
    """Shortcuts of the dialog's side bar."""
    kinds = QStandardPaths.StandardLocation
    found = [
        QStandardPaths.writableLocation(kind)
        for kind in (
            kinds.HomeLocation,
            kinds.PicturesLocation,
            kinds.DesktopLocation,
            kinds.DownloadLocation,
        )
    ]
    return list(dict.fromkeys(Path(place) for place in found if place and Path(place).is_dir()))


def pictures_folder() -> Path:
    """The person's own, or their home."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(place) if place and Path(place).is_dir() else Path.home()


def _memory() -> QSettings:
    return QSettings(str(data_dir() / "folders.ini"), QSettings.Format.IniFormat)


def _last(topic: str, fallback: Path) -> Path:
    place = Path(str(_memory().value(topic, "")))
    return place if str(place) != "." and place.is_dir() else fallback


def _remember(topic: str, folder: Path) -> None:
    _memory().setValue(topic, str(folder))
