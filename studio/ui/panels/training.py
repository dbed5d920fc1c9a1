"""Training: choose a recipe, watch it learn, stop when it is good."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from studio.app.studio import Studio
from studio.app.training_state import TrainingState
from studio.ui import icons
from studio.ui.dialogs import files
from studio.ui.panel import PanelInfo
from studio.ui.training.run_view import RunView
from studio.ui.training.setup_form import MINUTES, SetupForm
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.fitted_scroll import FittedScroll
from studio.ui.widgets.hold_back import hold_back
from studio.ui.widgets.number_field import NumberField


class TrainingPanel(QWidget):
    """Shows one of three things: what to do without images, the choices, or the run."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._wants_setup = False
        self.empty = EmptyState("train", "", "")
        self.setup = SetupForm(studio)
        self.run = RunView(studio)
        self.controls = RunControls(studio)
        self._setup_page = _page(self.setup)
        self._run_page = _page(FittedScroll(self.run), below=self.controls)
        self._lay_out()
        self.empty.activated.connect(self._add_images)
        self.setup.back_requested.connect(lambda: self._ask_setup(False))
        self.run.moments.go_on_requested.connect(
            lambda: studio.time_machine.go_on(self.controls.minutes.value())
        )
        self.controls.again_requested.connect(lambda: self._ask_setup(True))
        studio.training.changed.connect(self._follow)
        studio.dataset.changed.connect(self._follow)
        self._follow()

    def start_training(self) -> None:
        """Start with the choices as they stand."""
        self.setup.start_training()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.run.fit(self.height() - self.controls.sizeHint().height())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.empty)
        column.addWidget(self._setup_page)
        column.addWidget(self._run_page)

    def _ask_setup(self, wanted: bool) -> None:
        self._wants_setup = wanted
        self._follow()

    def _follow(self) -> None:
        """Turn to the page that belongs to the state."""
        training, dataset = self._studio.training, self._studio.dataset
        if training.active:
            self._wants_setup = False
        has_images = dataset.info is not None or dataset.busy
        shows_run = training.run is not None and not self._wants_setup
        self._run_page.setVisible(shows_run)
        self._setup_page.setVisible(not shows_run and has_images)
        self.empty.setVisible(not shows_run and not has_images)
        self._tell_first_step()

    def _tell_first_step(self) -> None:
        if self._studio.project.project is None:
            self.empty.set_texts("Nothing to train yet", "Make or open a project first.")
        else:
            sentence = "Add images of one kind; a few dozen are enough to begin with."
            self.empty.set_texts("Nothing to learn from yet", sentence, "Add images…")

    def _add_images(self) -> None:
        if chosen := files.ask_images(self):
            self._studio.dataset.add(chosen)


class RunControls(QWidget):
    """The buttons under a run, for the state that it is in. Emits `again_requested()`.

    None of them ever moves: a run ends by itself, perhaps right under the pointer.
    """

    again_requested = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._training = studio.training
        self.pause = _button("Pause", "pause")
        self.pause.setToolTip("Let the machine rest; nothing is lost")
        self.stop = _button("Stop and keep", "stop")
        self.stop.setToolTip("End here; what has been learned becomes a model")
        self.go_on = _button("Go on", "play", "primary")
        self.go_on.setToolTip("Continue exactly where training stopped")
        self.minutes = NumberField(MINUTES, 10)
        self.minutes.setAccessibleName("Minutes more")
        self.minutes.setToolTip("How much longer")
        self.again = _button("Start again…", "refresh")
        self.again.setToolTip("Choose a recipe and begin from nothing; this run is kept")
        self._lay_out()
        self.pause.clicked.connect(self._pause_or_resume)
        self.stop.clicked.connect(self._training.stop)
        self.go_on.clicked.connect(lambda: self._training.go_on(self.minutes.value()))
        self.again.clicked.connect(self.again_requested)
        self._training.changed.connect(self._follow)
        studio.dataset.changed.connect(self._follow)
        self._follow()

    def _lay_out(self) -> None:
        self._while_active = _row(self.pause, self.stop)
        self._afterwards = _row(self.go_on, self.minutes)
        self._turns = QStackedWidget()
        self._turns.addWidget(self._while_active)
        self._turns.addWidget(self._afterwards)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 14)
        column.setSpacing(8)
        column.addWidget(self._turns)
        column.addWidget(self.again)

    def _follow(self) -> None:
        training, state = self._training, self._training.state
        paused = state is TrainingState.PAUSED
        self._turns.setCurrentWidget(self._while_active if training.active else self._afterwards)
        self.pause.setEnabled(paused or state is TrainingState.RUNNING)
        self.pause.setText("Resume" if paused else "Pause")
        self.pause.setIcon(icons.icon("play" if paused else "pause"))
        self.stop.setEnabled(state is not TrainingState.STOPPING)
        can_go_on = training.can_go_on and self._studio.dataset.info is not None
        self._afterwards.setEnabled(can_go_on)
        hold_back(self.again, "Stop this training first." if training.active else "")

    def _pause_or_resume(self) -> None:
        if self._training.state is TrainingState.PAUSED:
            self._training.resume()
        else:
            self._training.pause()


def _page(content: QWidget, below: QWidget | None = None) -> QWidget:
    """The content at the top; `below` at the bottom, wherever the content ends."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(content)
    column.addStretch(1)
    if below is not None:
        column.addWidget(below)
    return page


def _row(*widgets: QWidget) -> QWidget:
    """The widgets side by side; buttons share what room is left."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget, int(isinstance(widget, QPushButton)))
    return row


def _button(text: str, icon: str, kind: str = "") -> QPushButton:
    button = QPushButton(icons.icon(icon, on_accent=kind == "primary"), text)
    button.setIconSize(QSize(16, 16))
    button.setProperty("kind", kind)
    return button


PANEL = PanelInfo("training", "Training", "train", "left bottom", 0, TrainingPanel)
