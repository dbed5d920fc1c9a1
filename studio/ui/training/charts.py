"""The curves of a run: how near its pictures have come to real ones, and its losses."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.training_session import TrainingSession
from studio.ui.training.words import curve_help, curve_name
from studio.ui.widgets.curve_plot import CurvePlot
from studio.ui.widgets.segmented_control import SegmentedControl

CHARTS = {"likeness": "Likeness", "losses": "Losses"}
_SWITCH_HEIGHT = 24  # px
_RATIO, _REAL = "distance to your pictures", "that of real ones"
_RATIO_HELP = (
    "How far the pictures are from some of yours that it never saw.\n"
    "The second line is how far your own are from one another: lower is hardly possible."
)


class Charts(QWidget):
    """The losses; once there are two measurements the likeness as well, which then comes first."""

    def __init__(self, training: TrainingSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._chosen = ""  # by the person
        self.switch = SegmentedControl(CHARTS)
        self.switch.setFixedHeight(_SWITCH_HEIGHT)
        self.likeness = CurvePlot(smoothing=0.0, shared_scale=True)
        self.likeness.setToolTip(_RATIO_HELP)
        self.losses = CurvePlot("Curves appear after the first steps.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.switch, self.likeness, self.losses):
            column.addWidget(widget)
        self.switch.changed.connect(self._choose)
        self.refresh()

    def _choose(self, chart: str) -> None:
        self._chosen = chart
        self.refresh()

    def refresh(self) -> None:
        """Show the curves as they are now."""
        measured = len(self._training.health.ratios) > 1
        chart = (self._chosen or "likeness") if measured else "losses"
        self.switch.setVisible(measured)
        self.switch.set_value(chart)
        self.likeness.setVisible(chart == "likeness")
        self.losses.setVisible(chart == "losses")
        if measured:
            minutes, ratios = zip(*self._training.health.ratios, strict=True)
            self.likeness.set_series(_RATIO, minutes, ratios)
            self.likeness.set_series(_REAL, minutes, [1.0] * len(minutes))
        self._show_losses()

    def _show_losses(self) -> None:
        curves = self._training.curves
        if {series.name for series in self.losses.series} - set(map(curve_name, curves)):
            self.losses.clear()
        for loss, points in curves.items():
            self.losses.set_series(curve_name(loss), *zip(*points, strict=True))
        self.losses.setToolTip("\n".join(map(curve_help, curves)))
