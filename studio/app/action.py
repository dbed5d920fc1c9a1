"""What one command of the studio is, and what it may ask of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from studio.app.export_plan import ExportPlan
    from studio.app.studio import Studio

P = TypeVar("P")
Answer: TypeAlias = Literal["save", "discard", "cancel"]


class Shell(Protocol):
    """The window as the commands see it: it asks the person, and shows things.

    Every `ask_…` returns what the person chose, or None or nothing when they thought better of it.
    """

    # Questions
    def ask_images(self) -> tuple[Path, ...]: ...
    def ask_picture(self) -> Path | None: ...
    def ask_pictures(self) -> tuple[Path, ...]: ...
    def ask_longest_side(self, name: str, px: int) -> int | None: ...
    def ask_variation(self) -> Path | None: ...
    def ask_project(self) -> Path | None: ...
    def ask_new_folder(self, name: str) -> Path | None: ...
    def ask_sample(self) -> str | None: ...
    def ask_layered_file(self, name: str) -> Path | None: ...
    def ask_export(self) -> ExportPlan | None: ...
    def ask_text(self, title: str, text: str) -> str | None: ...
    def ask_params(self, title: str, params: P, show: Callable[[P], None]) -> P | None:
        """Other params of the same type; `show` is called at once and at every change."""

    def ask_choice(self, title: str, choices: Sequence[str]) -> str | None: ...
    def ask_unsaved(self, name: str) -> Answer: ...

    # The window itself
    def quit(self) -> None: ...
    def show_dialog(self, name: Literal["shortcuts", "about", "settings", "palette"]) -> None: ...
    def show_log(self) -> None: ...
    def set_theme(self, name: str) -> None: ...
    def theme(self) -> str: ...

    # Docks
    def show_panel(self, panel_id: str) -> None: ...
    def toggle_panel(self, panel_id: str) -> None: ...
    def panel_shown(self, panel_id: str) -> bool: ...
    def toggle_docks(self) -> None: ...
    def reset_layout(self) -> None: ...
    def start_training(self) -> None: ...

    # Canvas
    def fit(self) -> None: ...
    def set_zoom(self, zoom: float) -> None: ...
    def zoom_in(self) -> None: ...
    def zoom_out(self) -> None: ...
    def pick_tool(self, tool_id: str) -> None: ...
    def tool(self) -> str: ...


@dataclass(frozen=True)
class Context:
    """What a command works on: the sessions, and the window around them."""

    studio: Studio
    shell: Shell


def always(_studio: Studio) -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """One row of the command table.

    `menu` is the menu's name, with the submenu after a slash (``Adjust/Color``); ``""`` for a
    command that is in no menu. Within a menu a line separates rows of different `section`. The
    first shortcut is the one that is shown. `text` makes a title that follows the state. A
    `canvas_only` shortcut leaves the key alone elsewhere (Tab moves through forms). `tip` is the
    tooltip where the title does not say enough.
    """

    id: str
    title: str
    menu: str
    run: Callable[[Context], None]
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    section: int = 0
    enabled: Callable[[Studio], bool] = always
    checked: Callable[[Context], bool] | None = None
    text: Callable[[Studio], str] | None = None
    canvas_only: bool = False
    tip: str = ""
