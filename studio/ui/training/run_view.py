"""What is seen of a run: the same pictures growing better, time left, curves, a verdict."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.app.training_session import TrainingSession, TrainingState
from studio.ui import theme
from studio.ui.training.words import curve_help, curve_name, device_name, speed, where_it_stands
from studio.ui.widgets.curve_plot import CurvePlot
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.picture_sheet import PictureSheet, SheetPopup
from studio.ui.widgets.progress_line import ProgressLine

# Numbers that change more often cannot be read, and every repaint takes time from the training.
REFRESH_MS = 250
COLUMNS, ROWS = 4, 3
BESIDE_SHEET = 180  # px that title, line, numbers, curves and a verdict of two lines take
_TONES = {"info": "secondary", "good": "good", "attention": "attention", "bad": "bad"}


class RunView(QWidget):
    """Follows a `TrainingSession`: its state at once, its numbers at most every `REFRESH_MS`."""

    def __init__(self, training: TrainingSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._told = training.state
        self.title = ElidedLabel()
        self.title.setProperty("role", "secondary")
        self.sheet = PictureSheet(COLUMNS, ROWS)
        self.sheet.setAccessibleName("Sample pictures")
        self.popup = SheetPopup(8, 4, 96, self)
        self.line = ProgressLine()
        self.where = ElidedLabel()
        self.speed = QLabel()
        self.speed.setFont(theme.tabular_font(theme.SECONDARY_PX))
        self.curves = CurvePlot("Curves appear after the first steps.")
        self.verdict = Verdict()
        self._wait = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._wait.timeout.connect(self.refresh)
        self._lay_out()
        self.sheet.opened.connect(lambda: self.popup.show_beside(self.sheet))
        training.sampled.connect(self._show_samples)
        training.changed.connect(self._follow)
        training.curves_changed.connect(self._refresh_soon)
        self._show_samples()
        self.refresh()

    def _lay_out(self) -> None:
        for label in (self.where, self.speed):
            label.setProperty("role", "secondary")
        numbers = QHBoxLayout()
        numbers.setSpacing(8)
        numbers.addWidget(self.where, 1)
        numbers.addWidget(self.speed)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 4, 14, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.sheet)
        column.addWidget(self.line)
        column.addLayout(numbers)
        column.addWidget(self.curves)
        column.addWidget(self.verdict)

    def fit(self, height: int) -> None:
        """Show as many rows of samples as leave room for everything else in `height` px."""
        self.sheet.fit(height - BESIDE_SHEET)

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
        self._show_numbers(training)
        self._show_curves(training)
        self.verdict.set_text(*training.verdict)

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

    def _show_curves(self, training: TrainingSession) -> None:
        if {series.name for series in self.curves.series} - set(map(curve_name, training.curves)):
            self.curves.clear()
        for loss, points in training.curves.items():
            self.curves.set_series(curve_name(loss), *zip(*points, strict=True))
        self.curves.setToolTip("\n".join(map(curve_help, training.curves)))

    def _show_samples(self) -> None:
        pictures = self._training.samples
        self.sheet.set_images(pictures)
        self.popup.sheet.set_images(pictures)
        self.sheet.setToolTip(f"Click to see all {len(pictures)}, larger" if pictures else "")
        shape = Qt.CursorShape.PointingHandCursor if pictures else Qt.CursorShape.ArrowCursor
        self.sheet.setCursor(shape)


class Verdict(QWidget):
    """A colored dot and a sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot = _Dot()
        self.label = QLabel(wordWrap=True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.label, 1)

    def set_text(self, text: str, tone: str) -> None:
        self.setVisible(bool(text))
        if text == self.label.text() and self.label.property("role") == _TONES[tone]:
            return
        self.label.setText(text)
        self._dot.set_color(_TONES[tone])
        theme.restyle(self.label, role=_TONES[tone])


class _Dot(QWidget):
    """As high as one line of text, so that it stands beside the first."""

    def __init__(self) -> None:
        super().__init__()
        self._color = "secondary"
        self.setFixedSize(QSize(8, 16))

    def set_color(self, color: str) -> None:
        self._color = color
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().color(self._color))
        painter.drawEllipse(QPointF(4, 8), 4.0, 4.0)


def _title_of(training: TrainingSession) -> str:
    """``Quick GAN · 64 px · CPU``."""
    run = training.run
    if run is None:
        return ""
    titles = {recipe.family: recipe.title for recipe in training.recipes}
    device = training.started.device if training.started else run.device
    where = [] if device == "auto" else [device_name(device)]
    return " · ".join([titles.get(run.family, run.family), f"{run.size} px", *where])
