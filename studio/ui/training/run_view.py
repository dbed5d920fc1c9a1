"""What is seen of a run: the same pictures growing better, time left, curves, a verdict."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.app.studio import Studio
from studio.app.training_session import TrainingSession
from studio.app.training_state import TrainingState
from studio.ui import theme
from studio.ui.training.charts import Charts
from studio.ui.training.moments import Moments
from studio.ui.training.run_choice import RunChoice
from studio.ui.training.verdict import Verdict
from studio.ui.training.words import device_name, speed, where_it_stands
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.notice import Notice
from studio.ui.widgets.picture_sheet import PictureSheet, SheetPopup
from studio.ui.widgets.progress_line import ProgressLine

# Numbers that change more often cannot be read, and every repaint takes time from the training.
REFRESH_MS = 250
COLUMNS, ROWS = 4, 3
_SPACING, _MARGIN = 8, 14  # px


class RunView(QWidget):
    """Follows the training: its state at once, its numbers at most every `REFRESH_MS`."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training, self._machine = studio.training, studio.time_machine
        self._told = self._training.state
        self._height = 0
        self.title = ElidedLabel()
        self.title.setProperty("role", "secondary")
        self.choice = RunChoice(self._training)
        self.sheet = PictureSheet(COLUMNS, ROWS)
        self.sheet.setAccessibleName("Sample pictures")
        self.sheet.setToolTip("Click to see them larger")
        self.popup = SheetPopup(8, 4, 96, self)
        self.line = ProgressLine()
        self.where = ElidedLabel()
        self.speed = QLabel()
        self.speed.setFont(theme.tabular_font(theme.SECONDARY_PX))
        self.charts = Charts(self._training)
        self.verdict = Verdict()
        self.proposal = Notice("Stop and keep", tone="good")
        self.proposal.setToolTip("Nothing is thrown away: you can go on later")
        self.moments = Moments(studio)
        self._wait = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._wait.timeout.connect(self.refresh)
        self._lay_out()
        self._connect()
        self._show_pictures()
        self.refresh()

    def _lay_out(self) -> None:
        for label in (self.where, self.speed):
            label.setProperty("role", "secondary")
        title, numbers = QHBoxLayout(), QHBoxLayout()
        for row, left, right in (
            (title, self.title, self.choice),
            (numbers, self.where, self.speed),
        ):
            row.setSpacing(_SPACING)
            row.addWidget(left, 1)
            row.addWidget(right)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 4, _MARGIN, 0)
        column.setSpacing(_SPACING)
        column.addLayout(title)
        column.addWidget(self.sheet)
        column.addWidget(self.line)
        column.addLayout(numbers)
        for widget in (self.charts, self.verdict, self.proposal, self.moments):
            column.addWidget(widget)

    def _connect(self) -> None:
        training = self._training
        self.sheet.opened.connect(lambda: self.popup.show_beside(self.sheet))
        self.proposal.activated.connect(training.stop)
        training.sampled.connect(self._show_pictures)
        training.changed.connect(self._follow)
        training.curves_changed.connect(self._refresh_soon)
        self._machine.pictures_changed.connect(self._show_pictures)
        self._machine.changed.connect(self._show_pictures)
        self.moments.section.toggled.connect(self._fit)

    def fit(self, height: int) -> None:
        """Show as many rows of samples as leave room for everything else in `height` px."""
        self._height = height
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        whole = self._column.totalHeightForWidth(self.width())
        sheet = self.sheet.heightForWidth(self.width() - 2 * _MARGIN)
        self.sheet.fit(self._height - (whole - sheet))

    def _follow(self) -> None:
        if self._training.state is self._told:
            self._refresh_soon()
        else:
            self.refresh()

    def _refresh_soon(self) -> None:
        if not self._wait.isActive():
            self._wait.start()

    def refresh(self) -> None:
        """Show how it stands now."""
        training = self._training
        self._told = training.state
        self.title.setText(_title_of(training))
        self.choice.refresh()
        self._show_numbers(training)
        self.charts.refresh()
        told = training.verdict
        self.verdict.set_text(told.text, told.tone, told.advice)
        self.verdict.setToolTip("\n".join(training.health.figures))
        self.proposal.setVisible(bool(told.proposal))
        self.proposal.set_text(told.proposal)
        self._fit()

    def _show_numbers(self, training: TrainingSession) -> None:
        progress, active = training.progress, training.active
        preparing = training.state is TrainingState.PREPARING
        self.line.setVisible(active)
        self.where.setVisible(active)
        self.speed.setVisible(active and not preparing)
        if preparing or progress is None:
            self.line.set_fraction(None)
            self.where.setText("Getting ready")
            self.speed.setText("")
        else:
            self.line.set_fraction(progress.fraction)
            self.where.setText(where_it_stands(progress))
            self.speed.setText(speed(progress))

    def _show_pictures(self) -> None:
        """Those of the moment that is looked at, or the newest."""
        past = self._machine.moment is not None
        pictures = list(self._machine.pictures) if past else self._training.samples
        if past and not pictures:
            return  # on their way: what is there stays so long, so that nothing flickers
        self.sheet.set_images(pictures)
        self.popup.sheet.set_images(pictures)
        self.sheet.setToolTip(f"Click to see all {len(pictures)}, larger" if pictures else "")
        shape = Qt.CursorShape.PointingHandCursor if pictures else Qt.CursorShape.ArrowCursor
        self.sheet.setCursor(shape)


def _title_of(training: TrainingSession) -> str:
    """``Quick GAN · 64 px · CPU``."""
    run = training.run
    if run is None:
        return ""
    titles = {recipe.id: recipe.title for recipe in training.recipes}
    device = training.started.device if training.started else run.device
    where = [] if device == "auto" else [device_name(device)]
    return " · ".join([titles.get(run.recipe, run.family), f"{run.size} px", *where])
