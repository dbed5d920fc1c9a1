"""The first screen: begin with images, open a sample, go on with a project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from studio.app.studio import Starts, Studio
from studio.ui import icons, theme
from studio.ui.dialogs import files
from studio.ui.widgets.file_drop import FileDrop
from studio.ui.widgets.picture_card import CARD, WIDE_CARD, CardFlow, PictureCard
from studio.ui.widgets.plain_scroll import PlainScroll

if TYPE_CHECKING:
    from studio.app.exchange import SampleSet
    from studio.project.recent import RecentProject

MOST_RECENT = 8
COLUMN_WIDTH = 746  # four cards and their gaps
_SAMPLE_COLUMNS = 6
_DATASET_COLUMNS = 3
DRAWING_PX = 1024  # the longest side of a drawing that has no canvas to fit into
_SAMPLE_PICTURES = 2 * _SAMPLE_COLUMNS
_MARGIN = 32


class Welcome(QWidget):
    """Shown while no project is open. Cheap to make: cards come after the first paint.

    Emits `dropped(tuple)` with the `Path`s of what is dropped on it.
    """

    dropped = Signal(tuple)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._targets: dict[Path, PictureCard] = {}
        self.new = QPushButton("New project from images…")
        self.new.setProperty("kind", "primary")
        self.open_other = QPushButton("Open project…")
        self.new_canvas = QPushButton("New canvas…")
        self.new_canvas.setToolTip("Empty, of the size you say: for a poster, an icon, a painting")
        self.open_picture = QPushButton("Open picture…")
        self.open_picture.setToolTip("To edit it, with its layers where it has them")
        self.samples = _Group("Begin with a sample", WIDE_CARD)
        self.recent = _Group("Go on with a project")
        self._column = QWidget()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()
        FileDrop(self).dropped.connect(self.dropped)
        self.new.clicked.connect(self._ask_images)
        self.open_other.clicked.connect(self._ask_project)
        self.new_canvas.clicked.connect(self._ask_canvas)
        self.open_picture.clicked.connect(self._ask_picture)

    def refresh(self) -> None:
        """Look again which projects and samples there are."""
        self._studio.look_up_starts(self._show_starts)

    # --- Layout ---

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._column)
        column.setContentsMargins(_MARGIN, 56, _MARGIN, _MARGIN)
        column.setSpacing(0)
        column.addWidget(_text("Latent Studio", "title"))
        column.addSpacing(6)
        column.addWidget(
            _text("Learns from your own pictures, on this machine, and makes new ones.", "")
        )
        column.addSpacing(20)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.new)
        buttons.addWidget(self.new_canvas)
        buttons.addWidget(self.open_picture)
        buttons.addWidget(self.open_other)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addSpacing(8)
        column.addWidget(_text("Or drop images and folders anywhere on this window.", "secondary"))
        column.addSpacing(32)
        column.addWidget(self.recent)
        column.addWidget(self.samples)
        column.addStretch(1)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._column)
        row.addStretch(1)
        scroll = PlainScroll(middle)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for widget in (scroll.viewport(), middle):
            widget.setAutoFillBackground(False)
        fill = QVBoxLayout(self)
        fill.setContentsMargins(0, 0, 0, 0)
        fill.addWidget(scroll)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus()  # Tab then goes to the first button
        QTimer.singleShot(0, self, self.refresh)  # after the first paint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = min(COLUMN_WIDTH, self.width() - 2 * _MARGIN - 8)
        self._column.setFixedWidth(max(CARD.width(), width) + 2 * _MARGIN)
        for group in (self.samples, self.recent):
            group.cards.fit(width)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.current().color("background"))

    # --- Cards ---

    def _show_starts(self, starts: Starts) -> None:
        self._targets = {}
        recent = starts.recent[:MOST_RECENT]
        self.recent.show_cards([self._recent_card(project) for project in recent])
        self.samples.show_cards([self._sample_card(sample) for sample in starts.samples])
        self._studio.load_thumbnails(list(self._targets), CARD.width(), self._show_picture)

    def _recent_card(self, project: RecentProject) -> PictureCard:
        columns = _DATASET_COLUMNS if project.thumbnail is None else 1
        card = PictureCard(project.name, spoken_date(project.modified), "project", columns)
        card.setToolTip(str(project.folder))
        card.clicked.connect(lambda: self._studio.project.open(project.folder))
        card.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        card.customContextMenuRequested.connect(
            lambda at: self.menu_of(project).popup(card.mapToGlobal(at))
        )
        if shown := project.thumbnail or project.dataset:
            self._targets[shown] = card
        return card

    def menu_of(self, project: RecentProject) -> QMenu:
        """What else can be done with a project; the menu is deleted when it closes."""
        session, folder = self._studio.project, project.folder
        where = QUrl.fromLocalFile(str(folder.parent))
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        opening = menu.addAction(icons.icon("folder-open"), "Open")
        opening.triggered.connect(lambda: session.open(folder))
        showing = menu.addAction(icons.icon("folder"), "Show in folder")
        showing.triggered.connect(lambda: QDesktopServices.openUrl(where))
        removing = menu.addAction(icons.icon("trash"), "Move to trash")
        removing.triggered.connect(lambda: session.put_away(folder, self.refresh))
        return menu

    def _sample_card(self, sample: SampleSet) -> PictureCard:
        columns = _SAMPLE_COLUMNS
        card = PictureCard(sample.title, sample.sentence, "images", columns, WIDE_CARD)
        begin = partial(self._studio.open_sample, sample)
        card.clicked.connect(lambda: self._studio.notifications.attempt(begin))
        step = max(1, len(sample.pictures) // _SAMPLE_PICTURES)
        self._targets |= dict.fromkeys(sample.pictures[::step][:_SAMPLE_PICTURES], card)
        return card

    def _show_picture(self, file: Path, picture: QImage) -> None:
        if file in self._targets:
            self._targets[file].add_image(picture)

    # --- Beginning ---

    def _ask_images(self) -> None:
        if chosen := files.ask_images(self):
            begin = partial(self._studio.new_project, chosen)
            attempt = self._studio.notifications.attempt
            self._studio.exchange.look_into(chosen, partial(attempt, begin))

    def _ask_project(self) -> None:
        if folder := files.ask_project(self):
            self._studio.project.open(folder)

    def _ask_picture(self) -> None:
        if file := files.ask_picture(self):
            self._open(file)

    def _ask_canvas(self) -> None:
        from studio.ui.dialogs.new_canvas import ask_new_canvas

        if size := ask_new_canvas(self):
            self._studio.exchange.new_canvas(size)

    def _open(self, file: Path) -> None:
        self._studio.exchange.open_picture(file, DRAWING_PX)


class _Group(QWidget):
    """A heading over cards; invisible without any."""

    def __init__(self, title: str, card: QSize = CARD) -> None:
        super().__init__()
        self.cards = CardFlow(card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 28)
        column.setSpacing(10)
        column.addWidget(_text(title, "heading"))
        column.addWidget(self.cards)
        self.hide()

    def show_cards(self, cards: Sequence[PictureCard]) -> None:
        self.cards.set_cards(cards)
        self.setVisible(bool(cards))


def spoken_date(seconds: float) -> str:
    """When something was, as a person says it: ``today 14:05``, ``yesterday``, ``3 May 2026``."""
    then = datetime.fromtimestamp(seconds, tz=UTC).astimezone()
    days = (datetime.now(tz=UTC).astimezone().date() - then.date()).days
    if days == 0:
        return f"today {then:%H:%M}"
    return "yesterday" if days == 1 else f"{then.day} {then:%b %Y}"


def _text(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    return label
