"""The one table of commands: menus, rail, palette, shortcut sheet and tests come from it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator

from studio.app import menus
from studio.app.action import Action
from studio.app.menus import adjust, view

MENUS = ("File", "Edit", "Image", "Layer", "Select", "Adjust", "Model", "View", "Help")


class ActionTable:
    """Every command by its id, in the order of the menus and their sections.

    Each file of `studio.app.menus` may bring some, as a tuple `ACTIONS`. Panels and tools are the
    window's, so it brings them.
    """

    def __init__(
        self, panels: Iterable[view.Panel] = (), tools: Iterable[view.CanvasTool] = ()
    ) -> None:
        rows = (
            *_menu_actions(),
            *adjust.adjust_actions(),
            *view.panel_actions(panels),
            *view.theme_actions(),
            *view.tool_actions(tools),
        )
        self._rows = {row.id: row for row in sorted(rows, key=_place)}

    def __iter__(self) -> Iterator[Action]:
        return iter(self._rows.values())

    def __getitem__(self, action_id: str) -> Action:
        return self._rows[action_id]

    def __contains__(self, action_id: object) -> bool:
        return action_id in self._rows

    def __len__(self) -> int:
        return len(self._rows)


def _menu_actions() -> Iterator[Action]:
    for module in pkgutil.iter_modules(menus.__path__, f"{menus.__name__}."):
        yield from getattr(importlib.import_module(module.name), "ACTIONS", ())


def _place(row: Action) -> tuple[int, int]:
    """Menu and section; what is in no menu comes last."""
    menu = row.menu.partition("/")[0]
    return MENUS.index(menu) if menu else len(MENUS), row.section
