"""How near the model comes to a picture that was looked for, where it does not, and what then."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QWidget

from studio.app.inversion_session import InversionSession
from studio.app.latent_session import LatentSession
from studio.ui.widgets.segmented_control import SegmentedControl

_LOOKS = {"found": "Found", "wanted": "Wanted", "missed": "Missed"}


class ReachedRow(QWidget):
    """There while the picture in view is one that was looked for.

    Emits `changed()` when another than the picture in view is to be seen, or that again.
    """

    changed = Signal()

    def __init__(self, inversion: InversionSession, latent: LatentSession) -> None:
        super().__init__()
        self._inversion = inversion
        self._latent = latent
        self.score = QLabel()
        self.score.setProperty("role", "secondary")
        self.look = SegmentedControl(_LOOKS)
        self.look.button("wanted").setToolTip("The picture that was looked for")
        self.look.button("missed").setToolTip("Glows where the model cannot make what is wanted")
        self.tune = QPushButton("Tune model")
        self.tune.setToolTip(
            "Teach a copy of the model this picture, in seconds; what it makes else stays as it is"
        )
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self.score)
        self._row.addWidget(self.look, 1)
        self._row.addWidget(self.tune)
        self.look.changed.connect(lambda _look: self.changed.emit())
        self.tune.clicked.connect(inversion.tune)
        inversion.changed.connect(self._show)
        latent.state_changed.connect(self._show)
        self._show()

    def stand(self, *, upright: bool) -> None:
        """One below the other, or in a row."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(down if upright else across)

    @property
    def picture(self) -> QImage | None:
        """What to show in place of the picture in view; None for that itself."""
        reached = self._inversion.reached
        if reached is None or self.look.value() == "found":
            return None
        return reached.wanted if self.look.value() == "wanted" else reached.missed

    def _show(self) -> None:
        reached = self._inversion.reached
        self.setVisible(reached is not None)
        self.tune.setEnabled(self._inversion.progress is None)
        if reached is None:
            return
        self.score.setText(f"{reached.likeness:.0%} reached")
        if reached.point != self._latent.state.point and self.look.value() != "found":
            self.look.set_value("found")  # what is steered is to be seen
            self.changed.emit()
