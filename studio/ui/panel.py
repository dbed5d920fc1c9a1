"""What a panel is: one file in `studio.ui.panels` with a widget and a `PANEL`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtWidgets import QWidget

from studio.app.studio import Studio
from studio.core.registry import Registry

# Where a dock starts; panels of one place share it as tabs, in the order of `rank`.
Place: TypeAlias = Literal["left", "left bottom", "right", "right middle", "right bottom"]


@dataclass(frozen=True)
class PanelInfo:
    """A dock of the main window. `create` makes the widget from the sessions.

    A widget with an attribute `dock_title` brings the title of its dock; one with a signal
    `room_wanted(int)` asks for as many px of height; one with `set_in_view(bool)` is told whether
    it can be seen: behind another tab it cannot, though Qt calls it visible.
    """

    id: str
    title: str
    icon: str
    place: Place
    rank: int
    create: Callable[[Studio], QWidget]


PANELS: Registry[PanelInfo] = Registry("studio.ui.panels", PanelInfo, "panel")
