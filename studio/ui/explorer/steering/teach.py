"""A slider from examples: pictures that have more of something, and pictures that have less."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton

from studio.app.studio import Studio
from studio.core.latent import LatentPoint
from studio.ui.explorer.steering.mark_sheet import MarkSheet
from studio.ui.explorer.steering.part import Part
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.link import link

LEAST, ENOUGH = 4, 8  # examples of either: needed, and for a good slider
_SHEET = 24
_HOW = "Click pictures that have more of it; right-click those that have less."


class TeachPart(Part):
    """A name, a button once there are enough marks, and a sheet of seeds to mark."""

    shows_picture = False

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._directions = studio.steering.directions
        self._first = 0
        self.how = QLabel(_HOW, wordWrap=True)
        self.how.setProperty("role", "secondary")
        self._sheet = self._latent.pictures.new_sheet()
        self.sheet = MarkSheet()
        self.back = IconButton("chevron-left", "The pictures before")
        self.forward = IconButton("chevron-right", "More pictures")
        self.count = QLabel()
        self.clear = link("Clear")
        self.name = QLineEdit(placeholderText="Name of the slider")
        self.name.setAccessibleName("Name of the slider")
        self.learn = QPushButton("Learn")
        self._lay_out()
        self._connect()
        self._show_marks()

    def follow(self) -> None:
        card = self._latent.card
        if card is not None and self.isVisible():
            self._sheet.show(card.path, self._points())

    def _points(self) -> list[LatentPoint]:
        state = self._latent.state
        return [state.seed_point(self._first + place) for place in range(_SHEET)]

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.back)
        line.addWidget(self.forward)
        line.addWidget(self.count, 1)
        line.addWidget(self.clear)
        lesson = QHBoxLayout()
        lesson.setSpacing(8)
        lesson.addWidget(self.name, 1)
        lesson.addWidget(self.learn)
        self._column.addWidget(self.how)
        self._column.addLayout(lesson)  # above the sheet, which is long: how to end it is seen
        self._column.addLayout(line)
        self._column.addWidget(self.sheet)
        self._column.addStretch(1)

    def _connect(self) -> None:
        self.sheet.marked.connect(self._mark)
        self._sheet.changed.connect(self._show_pictures)
        self._directions.marked.connect(self._show_marks)
        self.back.clicked.connect(lambda: self._turn(-1))
        self.forward.clicked.connect(lambda: self._turn(1))
        self.clear.clicked.connect(self._directions.clear_marks)
        self.name.textChanged.connect(lambda _text: self._show_marks())
        self.name.returnPressed.connect(self.learn.click)
        self.learn.clicked.connect(lambda: self._directions.teach(self.name.text().strip()))

    def _turn(self, pages: int) -> None:
        self._first = max(0, self._first + pages * _SHEET)
        self.follow()

    def _mark(self, place: int, more: bool) -> None:
        """The same mark again takes it back."""
        point = self._sheet.points[place]
        same = self._directions.marks.get(point) is more
        self._directions.mark(point, None if same else more)

    def _show_pictures(self) -> None:
        self.sheet.set_pictures(self._sheet.pictures)
        self._show_marks()

    def _show_marks(self) -> None:
        marks = self._directions.marks
        self.sheet.set_marks([marks.get(point) for point in self._sheet.points])
        more = sum(marks.values())
        less = len(marks) - more
        self.count.setText(f"{more} more, {less} less")
        self.clear.setVisible(bool(marks))
        self.back.setEnabled(self._first > 0)
        enough = min(more, less) >= LEAST
        nameless = "" if self.name.text().strip() else "Name the slider first."
        few = f"Mark {LEAST} of either, better {ENOUGH} or more."
        hold_back(self.learn, nameless if enough else few)
