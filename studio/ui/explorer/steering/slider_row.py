"""One slider of the Steer page: along one direction through w."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from studio.app.steering_session import SteeringSession
from studio.core.direction import Direction
from studio.core.steering import ALL_LEVELS
from studio.ui import icons
from studio.ui.dialogs.prompt import TextSheet
from studio.ui.widgets.icon_button import IconButton
from studio.ui.widgets.labeled_slider import LabeledSlider
from studio.ui.widgets.number_range import NumberRange

REACH = 4.0  # standard deviations to either side
_SURENESS = {
    "principal": "{:.0%} of how pictures of this model differ",
    "factor": "Strongest in the network's own weights",
    "measured": "Explains {:.0%} of it in pictures that it was tested on",
    "taught": "Right about {:.0%} of the pictures that it was tested on",
}


class SliderRow(QWidget):
    """Label, slider, number, lock. A right-click names it, limits its levels, or removes it."""

    def __init__(self, session: SteeringSession, direction: Direction) -> None:
        super().__init__()
        self._session = session
        self.direction = direction
        tip = _SURENESS[direction.kind].format(direction.sureness)
        limits = NumberRange(-REACH, REACH, 0.1, "σ", signed=True)
        self.slider = LabeledSlider(direction.name, limits, 0.0, tip=tip)
        self.lock = IconButton("unlock", "")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.slider, 1)
        row.addWidget(self.lock)
        self.slider.changed.connect(self._slide)
        self.slider.committed.connect(lambda _amount: session.end_gesture())
        self.lock.clicked.connect(lambda: session.toggle_lock(self.direction))
        self.customContextMenuRequested.connect(self._show_menu)
        self.follow()

    def follow(self) -> None:
        """Show where the picture in view is."""
        self.slider.set_value(self._session.point.amount(self.direction.id))
        if self._session.is_locked(self.direction):
            self.lock.show_as("lock", "Shared by all pictures of the sheet: click to end that")
        else:
            self.lock.show_as("unlock", "Keep it where it is, for all pictures of the sheet")

    def _slide(self, amount: float) -> None:
        self._session.slide(self.direction, amount)

    def menu(self) -> QMenu:
        """What can be done with the direction."""
        session, direction = self._session, self.direction
        menu = QMenu(self)
        menu.addAction("Rename…").triggered.connect(self._rename)
        menu.addAction("Back to 0").triggered.connect(self.slider.reset)
        if session.groups:
            menu.addSeparator()
            ranges = {"all": ALL_LEVELS, **session.groups}
            for name, levels in ranges.items():
                action = menu.addAction(f"Acts on {name} levels")
                action.setCheckable(True)
                action.setChecked(levels == direction.levels)
                action.triggered.connect(partial(session.set_levels, direction, levels))
        menu.addSeparator()
        remove = menu.addAction(icons.icon("trash"), "Remove")
        remove.triggered.connect(lambda: session.directions.remove(direction.id))
        return menu

    def _show_menu(self, position: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(position))

    def _rename(self) -> None:
        sheet = TextSheet("Name of the slider", self.direction.name, self.window())
        sheet.accepted.connect(
            lambda: self._session.directions.rename(self.direction.id, sheet.field.text())
        )
        sheet.open()
