"""Many choices in one slim row: an icon each, and beside the one that is on its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from studio.ui import icons
from studio.ui.widgets.segmented_control import SegmentedControl


@dataclass(frozen=True, slots=True)
class IconTab:
    id: str
    title: str
    tip: str
    icon: str


class IconTabs(SegmentedControl):
    """A `SegmentedControl` of icons; tooltips say what the others are for."""

    def __init__(self, tabs: Sequence[IconTab], parent: QWidget | None = None) -> None:
        self._tabs = {tab.id: tab for tab in tabs}
        super().__init__({tab.id: "" for tab in tabs}, parent=parent)
        for tab in tabs:
            button = self.button(tab.id)
            button.setIcon(icons.icon(tab.icon, calm=True))
            button.setIconSize(QSize(18, 18))
            button.setAccessibleName(tab.title)
            button.setToolTip(f"{tab.title}: {tab.tip[:1].lower()}{tab.tip[1:]}")
            button.toggled.connect(lambda _on: self._name_the_chosen())
        self._name_the_chosen()

    def _name_the_chosen(self) -> None:
        for tab in self._tabs.values():
            self._dress(self.button(tab.id), tab)

    def _dress(self, button: QPushButton, tab: IconTab) -> None:
        chosen = button.isChecked()
        button.setText(f" {tab.title}" if chosen else "")
        across = QSizePolicy.Policy.Minimum if chosen else QSizePolicy.Policy.Expanding
        button.setSizePolicy(across, QSizePolicy.Policy.Expanding)
        button.setMinimumWidth(0 if chosen else 24)
