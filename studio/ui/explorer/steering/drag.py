"""Points of the picture in view that are dragged to where they shall be."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from studio.app.studio import Studio
from studio.ui.explorer.steering.drag_view import DragView
from studio.ui.explorer.steering.part import Part
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.link import link
from studio.ui.widgets.number_range import NumberRange
from studio.ui.widgets.progress_line import ProgressLine
from studio.ui.widgets.segmented_control import SegmentedControl

_MODES = {"points": "Points", "free": "What may move"}
_HOW = {
    "points": "Pull points of the picture to where they shall be. A right-click takes one away.",
    "free": "Paint what may move; without any paint, everything may. Right-click takes away.",
}


class DragPart(Part):
    """Marks on `view`, and a button that makes the picture follow them."""

    view: DragView
    room = 158

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._drags = studio.drags
        self.view = DragView("The picture in view: drag its points")
        self.mode = SegmentedControl(_MODES)
        self.how = QLabel(wordWrap=True)
        self.how.setProperty("role", "secondary")
        self.brush = LabeledSlider("Brush", NumberRange(2, 40, 1, "%"), 10)
        self.clear = link("Clear")
        self.go = QPushButton("Drag")
        self.cancel = QPushButton("Cancel")
        self.progress = ProgressLine()
        self._lay_out()
        self._connect()
        self._show_mode("points")

    @property
    def available(self) -> bool:
        return bool(self._session.abilities.levels)

    def follow(self) -> None:
        drags = self._drags
        searching = drags.progress is not None
        self.view.set_moves(drags.moves, drags.handles)
        self.view.set_mask(drags.free)
        self.view.setEnabled(not searching)
        self.clear.setEnabled(not searching and bool(drags.moves or drags.free))
        self.go.setEnabled(searching or bool(drags.moves))
        self.go.setText("Stop here" if searching else "Drag")
        self.cancel.setVisible(searching)
        self.progress.setVisible(searching)
        self.progress.set_fraction(drags.progress)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.clear)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        self._column.addWidget(self.mode)
        self._column.addWidget(self.how)
        self._column.addWidget(self.brush)
        self._column.addLayout(buttons)
        self._column.addWidget(self.progress)
        self._column.addStretch(1)

    def _connect(self) -> None:
        drags = self._drags
        self.mode.changed.connect(self._show_mode)
        self.view.moved.connect(drags.add)
        self.view.removed.connect(drags.remove_at)
        self.view.stroked.connect(
            lambda ends, add: drags.paint_free(ends, self.view.radius, add=add)
        )
        self.brush.changed.connect(lambda percent: self.view.set_radius(percent / 100))
        self.clear.clicked.connect(drags.clear)
        self.go.clicked.connect(self._start_or_stop)
        self.cancel.clicked.connect(drags.cancel)
        drags.changed.connect(self.follow)

    def _start_or_stop(self) -> None:
        if self._drags.progress is None:
            self._drags.start()
        else:
            self._drags.stop()

    def _show_mode(self, mode: str) -> None:
        self.view.paints = mode == "free"
        self.how.setText(_HOW[mode])
        self.brush.setVisible(self.view.paints)
        self.view.update()
