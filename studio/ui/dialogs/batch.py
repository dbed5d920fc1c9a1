"""The same edits for many pictures: which, where to, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.app.edit_recipes import spoken_steps
from studio.app.spoken import spoken_time
from studio.app.studio import Studio
from studio.ui.dialogs import files
from studio.ui.dialogs.sheet import Sheet, text_label
from studio.ui.widgets.captions import caption, captioned_row
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.option_rows import CalmComboBox
from studio.ui.widgets.progress_line import ProgressLine
from studio.ui.widgets.row_list import Row, RowList
from studio.ui.widgets.segmented_control import SegmentedControl

if TYPE_CHECKING:
    from studio.project.edit_recipes import EditRecipe

_FORMATS = {
    "": "As it is",
    ".png": "PNG",
    ".jpg": "JPEG",
    ".webp": "WebP",
    ".avif": "AVIF",
    ".tif": "TIFF",
}
_LOSSY = (".jpg", ".webp", ".avif")
_RESULTS = "edited"  # what the folder of the results is called beside the pictures
_PROBLEM_ROWS = 3


class BatchSheet(Sheet):
    """Shows the batch that runs, or asks for one. It goes on when the sheet is closed."""

    def __init__(
        self, studio: Studio, sources: Sequence[Path] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(
            "Batch", parent, "The same edits for many pictures. The originals stay as they are."
        )
        self.setMinimumWidth(560)
        self._studio = studio
        self._batch = studio.batch
        self._sources: tuple[Path, ...] = ()
        self._into = Path()
        self._begun = self._batch.running
        self._make_parts()
        self._lay_out()
        self._connect()
        self._offer_recipes()
        self.take_sources(tuple(sources))
        self._follow()

    # --- Parts ---

    def _make_parts(self) -> None:
        self.edits = CalmComboBox()
        self.edits.setAccessibleName("Edits")
        self._steps = ElidedLabel()
        self._steps.setProperty("role", "secondary")
        self.pictures = ElidedLabel()
        self.from_files = _plain_button("Files…")
        self.from_folder = _plain_button("Folder…")
        self.from_project = _plain_button("Of the project")
        self.from_project.setToolTip("All images that this project learns from")
        hold_back(self.from_project, "" if self._project_sources() else "It has none.")
        self.into = _plain_button("")
        self.format = SegmentedControl(_FORMATS)
        self.quality = LabeledSlider("Quality", NumberRange(1, 100, 1), 92)
        self.line = ProgressLine()
        self.told = text_label("", "secondary")
        self.problems = RowList(picture=0, detail_lines=2)
        self.problems.setAccessibleName("Left out")
        self.open_button = self.add_button("Open folder")
        self.close_button = self.add_button("Close")
        self.run_button = self.add_button("Edit", "primary")

    def _lay_out(self) -> None:
        self.fields = QWidget()
        fields = _column(self.fields)
        fields.addLayout(_row("Edits", self.edits))
        fields.addLayout(_row("", self._steps))
        fields.addLayout(
            _row("Pictures", self.pictures, self.from_files, self.from_folder, self.from_project)
        )
        fields.addLayout(_row("Results", self.into))
        fields.addLayout(_row("Format", self.format))
        fields.addWidget(self.quality)
        self.body.addWidget(self.fields)
        self.body.addWidget(self.line)
        self.body.addWidget(self.told)
        self.body.addWidget(self.problems)
        self.body.addStretch(1)

    def _connect(self) -> None:
        self.edits.currentIndexChanged.connect(self._follow)
        self.format.changed.connect(self._follow)
        self.from_files.clicked.connect(self._ask_files)
        self.from_folder.clicked.connect(self._ask_folder)
        self.from_project.clicked.connect(lambda: self.take_sources(self._project_sources()))
        self.into.clicked.connect(self._ask_into)
        self.open_button.clicked.connect(self._open_results)
        self.close_button.clicked.connect(self._close_or_stop)
        self.run_button.clicked.connect(self._run)
        self._batch.changed.connect(self._follow)

    def _offer_recipes(self) -> None:
        own = self._studio.recipes.of_layer()
        self._recipes: list[EditRecipe] = [*([own] if own else []), *self._studio.recipes.all()]
        self.edits.addItems([recipe.name for recipe in self._recipes])

    # --- What is asked ---

    def take_sources(self, sources: tuple[Path, ...]) -> None:
        """Files or folders to edit; the results go beside them."""
        self._sources = sources
        if sources:
            first = sources[0]
            self._into = (first if first.is_dir() else first.parent) / _RESULTS
        self._follow()

    def _project_sources(self) -> tuple[Path, ...]:
        info = self._studio.dataset.info
        return tuple(map(Path, info.sources)) if info else ()

    def _ask_files(self) -> None:
        if chosen := files.ask_pictures(self):
            self.take_sources(chosen)

    def _ask_folder(self) -> None:
        if chosen := files.ask_folder(self, "Pictures in", self._start()):
            self.take_sources((chosen,))

    def _ask_into(self) -> None:
        if chosen := files.ask_folder(self, "Results to", self._start()):
            self._into = chosen
            self._follow()

    def _start(self) -> Path:
        return self._into.parent if self._sources else files.pictures_folder()

    def _run(self) -> None:
        recipe = self._recipes[self.edits.currentIndex()]
        self._begun = True
        self._batch.start(
            self._sources,
            recipe.steps,
            self._into,
            self.format.value(),
            round(self.quality.value()),
        )

    def _close_or_stop(self) -> None:
        if self._batch.running:
            self._batch.cancel()
        else:
            self.accept()

    def _open_results(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._batch.into)))

    # --- What is told ---

    def _follow(self) -> None:
        running, progress = self._batch.running, self._batch.progress
        self.fields.setEnabled(not running)
        self._tell_choices()
        self.line.setVisible(running)
        self.line.set_fraction(progress.done / progress.total if progress else None)
        self.told.setText(self._spoken_progress())
        self.told.setVisible(bool(self.told.text()))
        self._show_problems()
        self.close_button.setText("Stop" if running else "Close")
        self.run_button.setVisible(not running)
        self.run_button.setEnabled(bool(self._sources and self._recipes))
        self.open_button.setVisible(self._begun and not running and progress is not None)

    def _tell_choices(self) -> None:
        place = self.edits.currentIndex()
        self.edits.setEnabled(bool(self._recipes))
        self._steps.setText(
            spoken_steps(self._recipes[place].steps)
            if 0 <= place < len(self._recipes)
            else "Give a layer some edits, or save a recipe, first."
        )
        self.pictures.setText(_spoken_sources(self._sources))
        where = f"in {self._into.parent.name}/{self._into.name}…"
        self.into.setText(where if self._sources else "beside the pictures")
        self.into.setToolTip(str(self._into) if self._sources else "")
        self.into.setEnabled(bool(self._sources))
        self.quality.setVisible(self.format.value() in _LOSSY)

    def _spoken_progress(self) -> str:
        progress = self._batch.progress
        if not self._begun:
            return ""
        if progress is None:
            return "Looking at the pictures…" if self._batch.running else ""
        if self._batch.running:
            left = spoken_time(progress.seconds_left)
            return f"{progress.done:,} of {progress.total:,} · {left} left"
        done = progress.done - len(self._batch.problems)
        stopped = "Stopped. " if progress.done < progress.total else ""
        return f"{stopped}{done:,} of {progress.total:,} edited."

    def _show_problems(self) -> None:
        problems = self._batch.problems if self._begun else []
        self.problems.setVisible(bool(problems))
        if len(problems) != self.problems.count():
            self.problems.set_rows([Row("Left out", problem) for problem in problems])
            rows = min(_PROBLEM_ROWS, len(problems))
            self.problems.setFixedHeight(self.problems.row_height() * max(1, rows))


def _spoken_sources(sources: Sequence[Path]) -> str:
    if not sources:
        return "None yet"
    if len(sources) == 1:
        inside = "All in " if sources[0].is_dir() else ""
        return f"{inside}{sources[0].name}"
    what = "folders" if all(source.is_dir() for source in sources) else "files"
    return f"{len(sources):,} {what}"


def _plain_button(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    return button


def _column(parent: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    return column


def _row(label: str, first: QWidget, *buttons: QWidget) -> QHBoxLayout:
    row = captioned_row(caption(label))
    row.addWidget(first, 1)
    for button in buttons:
        row.addWidget(button)
    return row
