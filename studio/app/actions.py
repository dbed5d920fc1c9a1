"""The one table of commands: menus, rail, palette, shortcut sheet and tests come from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.app.action import Action
from studio.app.menus import adjust, edit, file, help, layer, model, select, view  # noqa: A004

MENUS = ("File", "Edit", "Layer", "Select", "Adjust", "Model", "View", "Help")


class ActionTable:
    """Every command by its id, in the order of the menus.

    Panels and tools are the window's, so it brings them; everything else is known here.
    """

    def __init__(
        self, panels: Iterable[view.Panel] = (), tools: Iterable[view.CanvasTool] = ()
    ) -> None:
        rows = (
            *file.ACTIONS,
            *edit.ACTIONS,
            *layer.ACTIONS,
            *select.ACTIONS,
            *adjust.adjust_actions(),
            *model.ACTIONS,
            *view.ACTIONS,
            *view.panel_actions(panels),
            *view.theme_actions(),
            *help.ACTIONS,
            *view.tool_actions(tools),
        )
        self._rows = {row.id: row for row in rows}

    def __iter__(self) -> Iterator[Action]:
        return iter(self._rows.values())

    def __getitem__(self, action_id: str) -> Action:
        return self._rows[action_id]

    def __contains__(self, action_id: object) -> bool:
        return action_id in self._rows

    def __len__(self) -> int:
        return len(self._rows)
