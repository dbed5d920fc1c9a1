"""The top of the window: menus, the project's name, how training stands, what it runs on."""

from __future__ import annotations

import os
import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenuBar, QSizePolicy, QWidget

from studio.app.spoken import spoken_time
from studio.app.studio import Studio
from studio.app.training_state import TrainingState
from studio.ui.pill import Pill
from studio.ui.widgets.elided_label import ElidedLabel

CLOCK_MS = 1000  # "saved 12 s ago" counts along
JUST_NOW = 5.0  # s
HEIGHT = 38

_TRAINING = {
    TrainingState.PREPARING: ("Getting ready", "attention"),
    TrainingState.RUNNING: ("Training", "good"),
    TrainingState.PAUSED: ("Paused", "attention"),
    TrainingState.STOPPING: ("Keeping what was learned", "attention"),
}
_DEVICES = {"cuda": "GPU", "mps": "Apple GPU", "cpu": "CPU"}


class TopBar(QWidget):
    """Reads the sessions. Emits `training_clicked()`, `palette_clicked()`, `device_clicked()`."""

    training_clicked = Signal()
    device_clicked = Signal()
    palette_clicked = Signal()

    def __init__(self, studio: Studio, menus: QMenuBar) -> None:
        super().__init__()
        self._studio = studio
        self._saved_at: float | None = None
        self.project = ElidedLabel()
        self.training = Pill()
        self.device = Pill()
        self.palette_button = Pill("Ctrl K")
        self._lay_out(menus)
        self._clock = QTimer(self, interval=CLOCK_MS)
        self._clock.timeout.connect(self._tell_project)
        self._clock.start()
        self._connect()
        self._tell_project()
        self._tell_training()

    def _lay_out(self, menus: QMenuBar) -> None:
        self.setProperty("surface", "top")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        name = QLabel("Latent Studio")
        name.setProperty("role", "brand")
        self.project.setProperty("role", "secondary")
        menus.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.palette_button.setToolTip("Find a command")
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 10, 0)
        row.setSpacing(8)
        row.addWidget(name)
        row.addWidget(menus, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(self.project, 2)
        row.addStretch(1)
        for pill in (self.training, self.device, self.palette_button):
            row.addWidget(pill)

    def _connect(self) -> None:
        studio = self._studio
        self.training.clicked.connect(self.training_clicked)
        self.device.clicked.connect(self.device_clicked)
        self.palette_button.clicked.connect(self.palette_clicked)
        studio.project.saved.connect(self._note_save)
        studio.project.opened.connect(self._forget_save)
        studio.project.closed.connect(self._forget_save)
        studio.project.dirty_changed.connect(self._tell_project)
        studio.training.changed.connect(self._tell_training)

    def _note_save(self) -> None:
        self._saved_at = time.monotonic()
        self._tell_project()

    def _forget_save(self) -> None:
        self._saved_at = None
        self._tell_project()

    def _tell_project(self) -> None:
        project = self._studio.project
        if project.project is None:
            text = ""
        elif self._saved_at is not None:
            saved = _saved(time.monotonic() - self._saved_at)
            state = f"edited, {saved}" if project.dirty else saved
            text = f"{project.name} · {state}"
        else:
            text = f"{project.name} · edited" if project.dirty else project.name
        if text != self.project.text():
            self.project.setText(text)

    def _tell_training(self) -> None:
        training = self._studio.training
        self.training.setVisible(training.active)
        if training.active:
            words, token = _TRAINING[training.state]
            fraction = training.progress.fraction if training.progress else 0.0
            percent = f" {fraction:.0%}".replace("%", " %") if fraction else ""
            self.training.show_state(words + percent, token)
        self.device.show_state(device_text(self._studio))


def _saved(seconds: float) -> str:
    return "saved just now" if seconds < JUST_NOW else f"saved {spoken_time(seconds)} ago"


def device_text(studio: Studio) -> str:
    """What training runs on: ``CPU · 7 of 8 cores``, ``GPU``."""
    started = studio.training.started
    name = started.device.partition(":")[0] if started else "cpu"
    if name != "cpu":
        return _DEVICES.get(name, name)
    cores = os.cpu_count() or 1
    if started and studio.training.active:
        return f"CPU · {started.threads} of {cores} cores"
    return f"CPU · {cores} cores"
