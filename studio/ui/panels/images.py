"""Images: what the project learns from, taken in, looked through, cropped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from studio.app.dataset_session import DatasetSession, ImportProgress
from studio.app.studio import Studio
from studio.ui.dialogs import files
from studio.ui.dialogs.batch import BatchSheet
from studio.ui.panel import PanelInfo
from studio.ui.training.doctor import DoctorSection
from studio.ui.training.framing_form import FramingForm
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.file_drop import FileDrop
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.link import link
from studio.ui.widgets.notice import Notice
from studio.ui.widgets.plain_scroll import PlainScroll
from studio.ui.widgets.progress_line import ProgressLine
from studio.ui.widgets.row_list import Row, RowList
from studio.ui.widgets.thumbnail_grid import ThumbnailGrid

if TYPE_CHECKING:
    from studio.engine.api import DatasetInfo, SkippedFile

COLUMNS = 5
ROOMY = 260  # px of height; below, a whole row of images is worth more than a sentence
LEAST_GRID = 52  # px; a row
_WHAT_IS_LEFT = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
GRID_MARGINS = (-2, 0, -9, 0)  # pictures in line with what is above; the scroll bar beside them


class ImagesPanel(QWidget):
    """The project's images; empty, it is a drop zone. Accepts dropped files and folders.

    Emits `room_wanted(int)` with the height that findings take which were unfolded.
    """

    room_wanted = Signal(int)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._dataset = studio.dataset
        self.empty = EmptyState(
            "images",
            "Drop images here",
            "Files or whole folders. They stay where they are; small copies are learned from.",
            "Choose images…",
        )
        self.heading = IntakeHeading(studio.dataset)
        self.grid = ThumbnailGrid(COLUMNS, multiple=True)
        self.grid.setAccessibleName("Images")
        self.grid.setMinimumHeight(LEAST_GRID)
        self.grid.setSizePolicy(_WHAT_IS_LEFT)
        self.doctor = DoctorSection(studio)
        self.skipped = SkippedFiles()
        self.framing = FramingForm(studio.dataset)
        self._content = QWidget()
        self._full = PlainScroll(self._content)
        self._full.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out()
        self._connect(studio)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.framing.set_terse(self.height() < ROOMY)

    def _lay_out(self) -> None:
        full = QVBoxLayout(self._content)
        full.setContentsMargins(14, 8, 14, 10)
        full.setSpacing(8)
        full.addWidget(self.heading)
        pictures = QVBoxLayout()
        pictures.setContentsMargins(*GRID_MARGINS)
        pictures.addWidget(self.grid)
        full.addLayout(pictures, 1)
        full.addWidget(self.doctor)
        full.addWidget(self.skipped)
        full.addWidget(self.framing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.empty)
        column.addWidget(self._full)

    def _connect(self, studio: Studio) -> None:
        FileDrop(self).dropped.connect(self.take)
        self.empty.activated.connect(self._ask)
        self.heading.add.clicked.connect(self._ask)
        self.doctor.unfolded.connect(self._make_room)
        self.grid.menu_requested.connect(self._show_menu)
        self.skipped.taken_back.connect(lambda digest: self._dataset.take_back((digest,)))
        self._dataset.changed.connect(self._follow)
        self._dataset.thumbnails_added.connect(self._show_pictures)
        studio.training.changed.connect(self._follow_training)

    def take(self, sources: tuple[Path, ...]) -> None:
        """Add files and folders; without a project they begin one."""
        if self._studio.training.active:
            self._studio.notifications.post(
                "Training is using these images.", "Stop it first, then add more.", "attention"
            )
        elif self._studio.project.project is not None:
            self._dataset.add(sources)
        else:
            begin = partial(self._studio.new_project, sources)
            attempt = self._studio.notifications.attempt
            self._studio.exchange.look_into(sources, partial(attempt, begin))

    def _show_menu(self, place: int, position: QPoint) -> None:
        places = self.grid.selected() or [place]
        menu = QMenu(self)
        count = "this image" if len(places) == 1 else f"these {len(places)} images"
        menu.addAction(f"Batch with {count}…").triggered.connect(partial(self._edit, places))
        menu.exec(position)
        menu.deleteLater()

    def _edit(self, places: Sequence[int]) -> None:
        if self._dataset.info is not None:
            self._studio.batch.find_images(self._dataset.info, places, self._open_batch)

    def _open_batch(self, found: tuple[Path, ...]) -> None:
        if not found:
            self._studio.notifications.post(
                "The files of these images are gone.", "Put them back where they were."
            )
            return
        sheet = BatchSheet(self._studio, found, self)
        sheet.exec()
        sheet.deleteLater()

    def _ask(self) -> None:
        if chosen := files.ask_images(self):
            self.take(chosen)

    def _follow(self) -> None:
        info, busy = self._dataset.info, self._dataset.busy
        self.empty.setVisible(info is None and not busy)
        self._full.setVisible(info is not None or busy)
        self.skipped.show_files(() if info is None or busy else info.skipped)
        self._start_over()
        self._follow_training()

    def _start_over(self) -> None:
        """Old pictures stay until new ones take their places, so that nothing flashes."""
        info = self._dataset.info
        expected = 0 if info is None or self._dataset.busy else info.count
        if self.grid.count() > expected:
            self.grid.set_images([])
        if self._dataset.thumbnails:
            self._show_pictures(0)

    def _show_pictures(self, first: int) -> None:
        new = self._dataset.thumbnails[first:]
        replaced = max(0, self.grid.count() - first)
        for place, picture in enumerate(new[:replaced], first):
            self.grid.set_image(place, picture)
        self.grid.append(new[replaced:])

    def _make_room(self, for_findings: bool) -> None:
        self.grid.setVisible(not for_findings)
        self.framing.setVisible(not for_findings)
        if for_findings:
            self.room_wanted.emit(self._content.minimumSizeHint().height())

    def _follow_training(self) -> None:
        """A run must end with the images that it began with."""
        busy = self._studio.training.active
        for changes in (self.heading.add, self.framing):
            hold_back(changes, "Training is using these images. Stop it first." if busy else "")


class IntakeHeading(QWidget):
    """How many images of what size, and what is said of them; while they are taken in, how far
    that is, and a way out.
    """

    def __init__(self, dataset: DatasetSession) -> None:
        super().__init__()
        self._dataset = dataset
        self.text = ElidedLabel()
        self.text.setProperty("role", "heading")
        self.add = link("Add…")
        self.cancel = link("Cancel")
        self.cancel.setToolTip("Stop here; the images from before stay")
        self.line = ProgressLine()
        self.prompts = ElidedLabel()
        self.prompts.setProperty("role", "secondary")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.add)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.line)
        column.addWidget(self.prompts)
        self.cancel.clicked.connect(dataset.cancel)
        dataset.changed.connect(self._follow)
        dataset.progressed.connect(self._show_progress)
        self._follow()

    def _follow(self) -> None:
        info, busy = self._dataset.info, self._dataset.busy
        self.add.setVisible(not busy)
        self.cancel.setVisible(busy)
        self.line.setVisible(busy)
        told = "" if info is None or busy else spoken_prompts(info)
        self.prompts.setVisible(bool(told))
        self.prompts.setText(told)
        if busy:
            self._show_progress(self._dataset.progress)
        elif info is not None:
            images = "image" if info.count == 1 else "images"
            square = info.width == info.height
            side = f"{info.size}" if square else f"{info.width} × {info.height}"
            self.text.setText(f"{info.count:,} {images} · {side} px")

    def _show_progress(self, progress: ImportProgress | None) -> None:
        if progress is None:
            self.text.setText("Looking for images…")
            self.line.set_fraction(None)
        else:
            self.text.setText(f"Taking in {progress.done:,} of {progress.total:,}")
            self.line.set_fraction(progress.done / max(1, progress.total))


class SkippedFiles(QWidget):
    """``12 files skipped — Review``: unfolds the list of them, each with its reason.

    Emits `taken_back(str)` with the digest of one that was left out by hand, on double-click.
    """

    taken_back = Signal(str)

    SHOWN = 3  # rows without scrolling

    def __init__(self) -> None:
        super().__init__()
        self.notice = Notice("Review")
        self.list = RowList(picture=0, detail_lines=2)
        self.list.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.notice)
        column.addWidget(self.list)
        self._skipped: Sequence[SkippedFile] = ()
        self.notice.activated.connect(self._toggle)
        self.list.opened.connect(self._take_back)

    def show_files(self, skipped: Sequence[SkippedFile]) -> None:
        self._skipped = skipped
        rows = [_row_of(item) for item in skipped]
        self.setVisible(bool(rows))
        files_ = "file" if len(rows) == 1 else "files"
        self.notice.set_text(f"{len(rows):,} {files_} skipped")
        self.list.set_rows(rows)
        self.list.setFixedHeight(self.list.row_height() * min(self.SHOWN, len(rows)))

    def _take_back(self, place: int) -> None:
        if digest := self._skipped[place].digest:
            self.taken_back.emit(digest)

    def _toggle(self) -> None:
        folded = self.list.isHidden()
        self.list.setVisible(folded)
        self.notice.link.setText("Hide" if folded else "Review")


def spoken_prompts(info: DatasetInfo) -> str:
    """What images can be told apart by: ``12 classes · captions for all``."""
    captions = sum(map(bool, info.captions))
    told = [f"{len(info.classes)} classes"] if info.classes else []
    if without := info.labels.count(-1):
        told.append(f"{without:,} without")
    if captions:
        told.append(f"captions for {'all' if captions == info.count else f'{captions:,}'}")
    return " · ".join(told)


def _row_of(item: SkippedFile) -> Row:
    """The reason without the name that stands above it already."""
    name = Path(item.path).name
    reason = item.reason.removeprefix(f"“{name}” ")
    tip = f"{item.path}\n{item.reason}"
    if item.digest:
        tip += "\nDouble-click to take it in again"
    return Row(name, reason[:1].upper() + reason[1:], tip=tip)


PANEL = PanelInfo("images", "Images", "images", "left", 0, ImagesPanel)
