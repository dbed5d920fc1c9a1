"""The channels of a level by what they see in the picture: a click picks those that are bent."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.app.feature_maps import FeatureMaps
from studio.app.studio import Studio
from studio.core.steering import Bend
from studio.ui.explorer.steering.mark_sheet import MarkSheet

_COLUMNS = 8


class ChannelPicker(QWidget):
    """Emits `picked(int)`, a channel that was clicked. Maps are made while it is visible."""

    picked = Signal(int)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._maps = FeatureMaps(studio.latent, studio.lanes["render"], studio.notifications)
        self._bend = Bend("blank")
        self.told = QLabel()
        self.told.setProperty("role", "secondary")
        self.sheet = MarkSheet("Channels of the level", _COLUMNS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(4)
        column.addWidget(self.told)
        column.addWidget(self.sheet)
        self.sheet.marked.connect(lambda channel, _left: self.picked.emit(channel))
        self._maps.changed.connect(self._show)

    def show_bend(self, bend: Bend) -> None:
        """Whose channels are picked."""
        self._bend = bend
        self._show()
        if self.isVisible():
            self._maps.look_at(bend.level)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._maps.look_at(self._bend.level)

    def _show(self) -> None:
        count, picked = len(self._maps.pictures), set(self._bend.channels)
        self.told.setText(f"{len(picked)} of {count} picked" if picked else "Click to pick some")
        self.sheet.set_pictures(self._maps.pictures)
        self.sheet.set_marks([True if place in picked else None for place in range(count)])
