"""What the dataset doctor found, each with its pictures and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.app.studio import Studio
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.link import link
from studio.ui.widgets.notice import Notice
from studio.ui.widgets.picture_sheet import PictureSheet, SheetPopup
from studio.ui.widgets.plain_scroll import PlainScroll
from studio.ui.widgets.progress_line import ProgressLine

if TYPE_CHECKING:
    from studio.engine.api import Advice, Finding

COLUMNS, THUMBNAIL = 5, 50  # px
LEAST_BODY = 136  # px; a finding with its pictures and what can be done
POPUP_COLUMNS, POPUP_ROWS, POPUP_SIDE = 6, 5, 96
_REMEDIES = {"keep best": "Keep the best only", "trim": "Cut the bars off"}
_VERDICTS = {
    True: ("good", "Fits"),
    False: ("attention", "Better not"),
    None: ("secondary", "Too few to tell"),
}


class DoctorSection(QWidget):
    """One line on what was found; unfolded, the findings take the room of the pictures.

    Emits `unfolded(bool)`.
    """

    unfolded = Signal(bool)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.line = ProgressLine()
        self.line.setToolTip("Looking for duplicates, blur and other things that harm a training")
        self.notice = Notice("Review")
        self.calm = CalmLine()
        self.findings = Findings(studio)
        self.body = PlainScroll(self.findings)
        self.body.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.setMinimumHeight(LEAST_BODY)
        self.body.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.body.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.body, 1)
        column.addWidget(self.line)
        column.addWidget(self.notice)
        column.addWidget(self.calm)
        self.notice.activated.connect(self._toggle)
        self.calm.link.clicked.connect(self._toggle)
        studio.doctor.progressed.connect(self._show_progress)
        studio.doctor.changed.connect(self._follow)
        studio.dataset.changed.connect(self._follow)
        studio.dataset.thumbnails_added.connect(self._show_images)
        studio.training.changed.connect(self._follow_training)
        self._follow()

    def _toggle(self) -> None:
        self._fold(self.body.isVisible())

    def _fold(self, folded: bool) -> None:
        self.body.setVisible(not folded)
        word = "Review" if folded else "Hide"
        self.notice.link.setText(word)
        self.calm.link.setText(word)
        self.unfolded.emit(not folded)

    def _follow(self) -> None:
        doctor, dataset = self._studio.doctor, self._studio.dataset
        settled = doctor.progress is None and not dataset.busy
        count = len(doctor.findings)
        self.line.setVisible(doctor.progress is not None)
        self.notice.setVisible(count > 0)
        self.notice.set_text(f"{count} {'thing' if count == 1 else 'things'} to look at")
        self.calm.setVisible(settled and not count)
        if settled and not count and self.body.isVisible():
            self._fold(folded=True)
        self.findings.follow()
        self._follow_training()

    def _show_progress(self) -> None:
        self.line.set_fraction(self._studio.doctor.progress)

    def _show_images(self) -> None:
        for row in self.findings.rows:
            row.show_images()

    def _follow_training(self) -> None:
        """A run must end with the images that it began with."""
        self.findings.setEnabled(not self._studio.training.active)


class CalmLine(QWidget):
    """Says that nothing was found, with a way to the advice."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ElidedLabel("Nothing stands out")
        self.text.setProperty("role", "secondary")
        self.link = link("Review")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.link)


class Findings(QWidget):
    """All findings, what was left out before, and the advice, one below the other.

    A row stays as long as its finding does: what is read or pointed at is not taken away because
    another one came or went.
    """

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.rows: list[FindingRow] = []
        self.left_out = LeftOutRow(studio)
        self.advice = AdviceTable(())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 9, 0)  # beside the scroll bar
        self._column.setSpacing(16)
        self._column.addWidget(self.left_out)
        self._column.addWidget(self.advice)
        self._column.addStretch(1)

    def follow(self) -> None:
        doctor = self._studio.doctor
        gone = [row for row in self.rows if row.finding not in doctor.findings]
        known = [row.finding for row in self.rows]
        self.rows = [
            self.rows[known.index(finding)]
            if finding in known
            else FindingRow(self._studio, finding)
            for finding in doctor.findings
        ]
        for place, row in enumerate(self.rows):
            self._column.insertWidget(place, row)
            row.follow()
        for row in gone:
            row.hide()
            row.deleteLater()
        self.left_out.follow()
        if doctor.advice != self.advice.advice:
            self._column.removeWidget(self.advice)
            self.advice.deleteLater()
            self.advice = AdviceTable(doctor.advice)
            self._column.insertWidget(self._column.count() - 1, self.advice)


class FindingRow(QWidget):
    """A finding in words, its worst pictures, and the button that helps."""

    def __init__(self, studio: Studio, finding: Finding) -> None:
        super().__init__()
        self._studio, self.finding = studio, finding
        title = ElidedLabel(finding.title)
        title.setProperty("role", "heading")
        why = QLabel(finding.why, wordWrap=True)
        why.setProperty("role", "secondary")
        columns = min(COLUMNS, len(finding.suspects))
        self.sheet = PictureSheet(columns, 1)
        width = columns * THUMBNAIL
        self.sheet.setFixedSize(width, self.sheet.heightForWidth(width))
        self.sheet.setToolTip("Click to see them larger")
        self.sheet.opened.connect(self._show_large)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (title, why, self.sheet):
            column.addWidget(widget)
        self.remedy = link(_remedy(finding))
        self.remedy.setVisible(bool(finding.treated))
        self.remedy.clicked.connect(lambda: studio.doctor.apply(finding))
        self.dismiss = link("Fine as it is")
        self.dismiss.setToolTip("Do not show this again while the images stay the same")
        self.dismiss.clicked.connect(lambda: studio.doctor.dismiss(finding))
        links = QHBoxLayout()
        links.setSpacing(24)
        links.addWidget(self.remedy)
        links.addWidget(self.dismiss)
        links.addStretch(1)
        column.addLayout(links)
        column.addStretch(1)

    def follow(self) -> None:
        self.dismiss.setVisible(self._studio.doctor.progress is None)
        self.show_images()

    def show_images(self) -> None:
        """Show its pictures as far as they are loaded."""
        thumbnails = self._studio.dataset.thumbnails
        places = [item.index for item in self.finding.suspects]
        self.sheet.set_images([thumbnails[place] for place in places if place < len(thumbnails)])

    def _show_large(self) -> None:
        images = self.sheet.images
        columns = min(POPUP_COLUMNS, len(images))
        rows = min(POPUP_ROWS, -(-len(images) // columns))
        popup = SheetPopup(columns, rows, POPUP_SIDE, self)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.sheet.set_images(images)
        popup.show_beside(self.sheet)


class LeftOutRow(QWidget):
    """How many pictures a person left out, and the way back."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._dataset = studio.dataset
        self.text = ElidedLabel()
        self.text.setProperty("role", "secondary")
        self.link = link("Take back")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text, 1)
        row.addWidget(self.link)
        self.link.clicked.connect(self._take_back)

    def follow(self) -> None:
        count = len(self._dataset.treatment.exclude)
        words = "1 image is" if count == 1 else f"{count:,} images are"
        self.text.setText(f"{words} left out by you")
        self.setVisible(count > 0)

    def _take_back(self) -> None:
        self._dataset.take_back({item.digest for item in self._dataset.treatment.exclude})


class AdviceTable(QWidget):
    """Which changes would give more pictures of the same kind, as measured."""

    def __init__(self, advice: tuple[Advice, ...]) -> None:
        super().__init__()
        self.advice = advice
        heading = QLabel("May training vary them?")
        heading.setProperty("role", "heading")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.addWidget(heading, 0, 0, 1, 3)
        for line, item in enumerate(advice, 1):
            role, verdict = _VERDICTS[item.safe]
            cells = ((item.title, ""), (f"{item.told_apart:.0%}", "secondary"), (verdict, role))
            for place, (text, cell_role) in enumerate(cells):
                label = QLabel(text)
                label.setProperty("role", cell_role)
                label.setToolTip(item.sentence)
                grid.addWidget(label, line, place)
        if not advice:
            self.hide()


def _remedy(finding: Finding) -> str:
    count = len(finding.treated)
    if finding.remedy == "leave out":
        return "Leave it out" if count == 1 else f"Leave all {count:,} out"
    return _REMEDIES.get(finding.remedy, "")
