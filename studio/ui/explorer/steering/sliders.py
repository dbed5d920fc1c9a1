"""Sliders along the directions of a model, those with a meaning first."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.app.studio import Studio
from studio.core.direction import Direction
from studio.ui.explorer.steering.part import Part
from studio.ui.explorer.steering.slider_row import SliderRow
from studio.ui.widgets.link import link
from studio.ui.widgets.progress_line import ProgressLine
from studio.ui.widgets.section import Section

_KINDS = {
    "taught": "Taught by you",
    "measured": "Measured",
    "principal": "Found in the model",
    "factor": "Found in its weights",
}
_FOLDED = "factor"


class SlidersPart(Part):
    """A section for each kind of direction, and the search for them while it lasts."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._directions = studio.steering.directions
        self.rows: dict[str, SliderRow] = {}
        self._sections: dict[str, Section] = {}
        self.progress = ProgressLine()
        self.status = QLabel()
        self.status.setProperty("role", "secondary")
        self.search = link("Search again")
        self.cancel = link("Cancel")
        self.reset = link("Reset all")
        self._lay_out()
        self.search.clicked.connect(self._directions.search)
        self.cancel.clicked.connect(self._directions.cancel)
        self.reset.clicked.connect(self._session.reset_slides)
        self._directions.changed.connect(self._show_directions)
        self._show_directions()

    def follow(self) -> None:
        if self.isVisible():
            self._directions.ensure()
        for row in self.rows.values():
            row.follow()
        self.reset.setEnabled(bool(self._session.point.slides))

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(self.status)
        heading.addStretch(1)
        heading.addWidget(self.cancel)
        self._column.addLayout(heading)
        self._column.addWidget(self.progress)
        for kind, title in _KINDS.items():
            content = QWidget()
            column = QVBoxLayout(content)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            self._sections[kind] = Section(title, content, expanded=kind != _FOLDED)
            self._column.addWidget(self._sections[kind])
        foot = QHBoxLayout()
        foot.addWidget(self.search)
        foot.addStretch(1)
        foot.addWidget(self.reset)
        self._column.addLayout(foot)
        self._column.addStretch(1)

    def _show_directions(self) -> None:
        self._show_progress()
        known = {each.id: each for each in self._directions.directions}
        for gone in self.rows.keys() - known.keys():
            self._drop(gone)
        for direction in known.values():
            row = self.rows.get(direction.id)
            if row is None or row.direction != direction:
                self._put(direction)
        for kind, section in self._sections.items():
            section.setVisible(any(each.kind == kind for each in known.values()))
        self.follow()

    def _show_progress(self) -> None:
        progress = self._directions.progress
        searching = progress is not None
        self.progress.setVisible(searching)
        self.progress.set_fraction(progress)
        self.status.setText("Looking for sliders…")
        for widget in (self.status, self.cancel):
            widget.setVisible(searching)
        self.search.setVisible(not searching)

    def _put(self, direction: Direction) -> None:
        """A row for a direction, in its section behind those that come before it."""
        column = self._sections[direction.kind].content.layout()
        assert isinstance(column, QVBoxLayout)
        if direction.id in self.rows:
            self._drop(direction.id)
        same = [each.id for each in self._directions.directions if each.kind == direction.kind]
        place = sum(each in self.rows for each in same[: same.index(direction.id)])
        self.rows[direction.id] = SliderRow(self._session, direction)
        column.insertWidget(place, self.rows[direction.id])

    def _drop(self, direction_id: str) -> None:
        row = self.rows.pop(direction_id)
        row.setParent(None)
        row.deleteLater()
