"""Style: the active layer painted in the manner of another picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.app.spoken import spoken_time
from studio.app.studio import Studio
from studio.core.change import DocumentChange
from studio.core.param_values import LayerRef
from studio.ui.dialogs import files
from studio.ui.panel import PanelInfo
from studio.ui.widgets.elided_label import ElidedLabel
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.file_drop import FileDrop
from studio.ui.widgets.layer_row import LayerRow
from studio.ui.widgets.link import link
from studio.ui.widgets.param_form import ParamForm
from studio.ui.widgets.picture_view import PictureView
from studio.ui.widgets.plain_scroll import above
from studio.ui.widgets.progress_line import ProgressLine

_PAUSE_MS = 150  # after a change, before a preview is made
_LEAST_PICTURE = 140  # px of height


class StylePanel(QWidget):
    """Chooses a painting (a layer, or a file that is dropped or picked) and how to follow it."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._file: Path | None = None
        self.empty = EmptyState(
            "style", "Nothing to paint", "Choose a layer; it is painted as another picture is."
        )
        self.layers = LayerRow("Paint like", LayerRef(""), "A layer to take strokes and colors of")
        self.choose = link("From a file…")
        self.file_name = ElidedLabel()
        self.file_name.setProperty("role", "secondary")
        self.picture = PictureView("Painting")
        self.picture.setMinimumHeight(_LEAST_PICTURE)
        self.form = ParamForm(studio.art.style_params)
        self.line = ProgressLine()
        self.told = QLabel()
        self.told.setProperty("role", "secondary")
        self.cancel = QPushButton("Cancel")
        self.paint = QPushButton("Paint")
        self.paint.setProperty("kind", "primary")
        self._soon = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._lay_out()
        self._connect()
        self._follow()

    def _lay_out(self) -> None:
        source = QHBoxLayout()
        source.addWidget(self.file_name, 1)
        source.addWidget(self.choose)
        buttons = QHBoxLayout()
        buttons.addWidget(self.told, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.paint)
        body, foot = QWidget(), QWidget()
        choices, action = QVBoxLayout(body), QVBoxLayout(foot)
        choices.setContentsMargins(14, 10, 14, 4)
        action.setContentsMargins(14, 4, 14, 12)
        for part in (choices, action):
            part.setSpacing(8)
        choices.addWidget(self.layers)
        choices.addLayout(source)
        choices.addWidget(self.picture, 1)
        choices.addWidget(self.form)
        action.addWidget(self.line)
        action.addLayout(buttons)
        self._full = above(body, foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.empty)
        column.addWidget(self._full)

    def _connect(self) -> None:
        art, documents = self._studio.art, self._studio.documents
        self.choose.clicked.connect(self._ask_file)
        self.layers.committed.connect(lambda _layer: self.take_file(None))
        FileDrop(self).dropped.connect(lambda dropped: self.take_file(dropped[0]))
        self.form.committed.connect(lambda _values: self._soon.start())
        self.paint.clicked.connect(self._paint)
        self.cancel.clicked.connect(art.cancel)
        self._soon.timeout.connect(self._preview)
        art.shown.connect(self.picture.set_image)
        art.progressed.connect(self._progress)
        art.changed.connect(self._follow)
        documents.changed.connect(self._follow_document)
        documents.active_changed.connect(lambda _id: self._follow())

    def take_file(self, file: Path | None) -> None:
        """Paint like a picture file, or (None) like the layer that is chosen."""
        self._file = file
        if file is not None:
            self.layers.set_value(LayerRef(""))
        self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    @property
    def _style(self) -> str | Path:
        """What is painted like; empty while nothing is chosen."""
        chosen = self.layers.value().layer
        there = self._studio.documents.document.has_layer(chosen)
        return self._file or (chosen if there else "")

    def _ask_file(self) -> None:
        if chosen := files.ask_pictures(self):
            self.take_file(chosen[0])

    def _paint(self) -> None:
        self._studio.art.paint(self._style, self.form.values())

    def _preview(self) -> None:
        if self.isVisible() and self._style and not self._studio.art.busy:
            self._studio.art.preview(self._style, self.form.values())

    def _progress(self, picture: QImage, share: float) -> None:
        self.picture.set_image(picture)
        self.line.set_fraction(share)
        left = spoken_time(self._studio.art.seconds_left(share))
        self.told.setText(f"About {left} left" if share < 1.0 else "")

    def _follow_document(self, change: DocumentChange) -> None:
        if change.layers:
            self._follow()

    def _follow(self) -> None:
        documents, busy = self._studio.documents, self._studio.art.busy
        active = documents.active_layer
        self.empty.setVisible(active is None)
        self._full.setVisible(active is not None)
        self.layers.offer([item for item in documents.document.layers if item is not active])
        self.file_name.setText(f"Paint like “{self._file.stem}”" if self._file else "")
        self.paint.setEnabled(bool(self._style) and not busy)
        self.paint.setText("Paint" if self._style else "Choose a painting")
        self.cancel.setVisible(busy)
        self.line.setVisible(busy)
        if busy:
            self.line.set_fraction(None)
            self.told.setText("Beginning…")
        else:
            self.told.clear()
            self._soon.start()


PANEL = PanelInfo("style", "Style", "style", "right", 1, StylePanel)
