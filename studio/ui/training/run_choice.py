"""Which of the project's trainings is in view."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.app.training_session import TrainingSession
from studio.ui.widgets.option_rows import CalmComboBox


class RunChoice(CalmComboBox):
    """All trainings of the project by their numbers; not there while one is going, or alone."""

    def __init__(self, training: TrainingSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._known: object = None
        self.setAccessibleName("Training")
        self.setToolTip("Look at another training of this project")
        self.activated.connect(lambda place: training.show_run(self.itemData(place)))

    def refresh(self) -> None:
        """Show what there is to choose; the disk is asked only where that may have changed."""
        training = self._training
        known = training.run, training.active
        if known == self._known:
            return
        self._known = known
        runs = training.runs
        self.setVisible(len(runs) > 1 and not training.active)
        self.clear()
        for folder in runs:
            self.addItem(f"Training {int(folder.name)}", folder)
        if training.run is not None and training.run.out in runs:
            self.setCurrentIndex(runs.index(training.run.out))
